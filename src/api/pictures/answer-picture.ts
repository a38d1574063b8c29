import type { FastifyReply, FastifyRequest } from 'fastify';
import { setServerTiming, type Timed } from '../http/timing.ts';

/** Sets the headers of an answer of the type that the client asked for, such as JSON or a PNG; returns its content. */
export function answerPicture<Body extends { readonly type: string; readonly content: unknown }>(
  request: FastifyRequest,
  reply: FastifyReply,
  { body, timing }: Timed<Body>,
): Body['content'] {
  setServerTiming(request, reply, timing);
  void reply.type(body.type).header('vary', 'accept');
  return body.content;
}
