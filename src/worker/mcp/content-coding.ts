import type { IncomingMessage } from 'node:http'
import { pipeline, type Readable, type Transform } from 'node:stream'
import { constants, createBrotliDecompress, createGunzip, createInflate } from 'node:zlib'
import { Failure } from '../../contract/failure.ts'

/** Passes each block on when it arrives: an event stream must not wait for its end. */
const FLUSH = { flush: constants.Z_SYNC_FLUSH, finishFlush: constants.Z_SYNC_FLUSH }

/** The content codings of RFC 9110, section 8.4.1, and Brotli. */
const DECODERS = new Map<string, () => Transform>([
  ['gzip', () => createGunzip(FLUSH)],
  ['x-gzip', () => createGunzip(FLUSH)],
  ['deflate', () => createInflate(FLUSH)],
  ['br', () => createBrotliDecompress()],
])

/**
 * The body of an answer without its content codings. Some servers compress although the request asked for `identity`.
 * @throws Failure REMOTE_FAILED for a coding that is not supported
 */
export function decodedBody(answer: IncomingMessage): Readable {
  const codings = (answer.headers['content-encoding'] ?? '')
    .split(',')
    .map((coding) => coding.trim().toLowerCase())
    .filter((coding) => coding !== '' && coding !== 'identity')
  const decoders = codings.reverse().map((coding) => {
    const create = DECODERS.get(coding)
    if (create) return create
    throw new Failure(
      'REMOTE_FAILED',
      `the server answers in the content coding ${JSON.stringify(coding)}, which is not supported`,
      'configure the server to answer without compression',
    )
  })
  // The error of a broken body reaches the reader of the last stream.
  return decoders.reduce<Readable>((body, create) => pipeline(body, create(), () => {}), answer)
}
