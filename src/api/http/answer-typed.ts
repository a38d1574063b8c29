import type { FastifyReply, FastifyRequest } from 'fastify';
import { setServerTiming, type Timed } from './timing.ts';

interface TypedBody {
  readonly type: string;
  readonly content: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Sets the headers of an answer of the type that the client asked for, such as JSON or a PNG; returns its content. */
export function answerTyped<Body extends TypedBody>(
  request: FastifyRequest,
  reply: FastifyReply,
  { body, timing }: Timed<Body>,
): Body['content'] {
  setServerTiming(request, reply, timing);
  void reply.type(body.type).headers({ ...body.headers, vary: 'accept' });
  return body.content;
}
