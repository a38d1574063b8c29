import type { FastifyReply, FastifyRequest } from 'fastify';
import { setServerTiming, type Timed } from '../http/timing.ts';
import type { Pictured } from './pictured.ts';

/** Sets the headers of an answer that is JSON or a PNG, as the client asked; returns its content. */
export function answerPicture<Answer>(
  request: FastifyRequest,
  reply: FastifyReply,
  { body, timing }: Timed<Pictured<Answer>>,
): Answer | Buffer {
  setServerTiming(request, reply, timing);
  void reply.type(body.type).header('vary', 'accept');
  return body.content;
}
