#!/usr/bin/env node
/**
 * curl, as far as the README uses it, so that its examples also run where there is none; any other option is refused.
 * Requests to localhost:8080 go to $CURL_TARGET; what was asked and answered is added as a line to $CURL_LOG.
 */
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { buffer } from 'node:stream/consumers';

const OPTIONS = { '-X': 'method', '-H': 'header', '-d': 'data', '--data-binary': 'file', '-o': 'output' };

const { url, headers, method, body, output } = parse(process.argv.slice(2));
const target = url.replace(/^(http:\/\/)?localhost:8080/, process.env.CURL_TARGET ?? '');
if (target === url) refuse(`the host of ${url}`);
// Not fetch, which takes as long to load as everything else here.
const response = await new Promise((resolve, reject) => {
  request(target, { method, headers }, resolve).on('error', reject).end(body);
});
const answer = await buffer(response);
if (output) writeFileSync(output, answer);
else process.stdout.write(answer);
const type = response.headers['content-type'] ?? '';
const line = {
  request: `${method} ${url}`,
  status: response.statusCode,
  type,
  text: answer.toString('utf8'),
};
appendFileSync(process.env.CURL_LOG ?? '', `${JSON.stringify(line)}\n`);

function parse(words) {
  const given = { headers: {} };
  for (let i = 0; i < words.length; i++) {
    const name = OPTIONS[words[i]];
    if (name === undefined) {
      if (words[i].startsWith('-') || given.url !== undefined) refuse(words[i]);
      given.url = words[i];
    } else if (name === 'header') {
      const [, field, value] = /^([^:]+): *(.*)$/.exec(words[++i]) ?? refuse(words[i]);
      given.headers[field.toLowerCase()] = value;
    } else given[name] = words[++i];
  }
  const body = given.file === undefined ? given.data : readFileSync(given.file.replace(/^@/, ''));
  // What curl says of a body when it is told nothing.
  if (body !== undefined) given.headers['content-type'] ??= 'application/x-www-form-urlencoded';
  return { ...given, body, method: given.method ?? (body === undefined ? 'GET' : 'POST') };
}

function refuse(what) {
  process.stderr.write(`test/support/curl.js does not know ${what}\n`);
  process.exit(2);
}
