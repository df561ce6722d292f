import { LARGEST_UPLOAD } from '../edge/gateway/gateway-routes.ts'
import { json } from './answers.ts'
import { type DenoOptions, type DenoProcess, startDeno } from './deno-process.ts'
import type { EdgeFunction } from './edge-function.ts'

/**
 * A function in its own Deno process, which its first request starts: most functions of a `nofx dev` are never called. A
 * request that finds the process dead, or during which it ends, is answered with 503, and the next request starts it
 * again; it is not restarted without a request, since a function may end at every start. Why it ended is in the log.
 */
export function denoFunction({ name, ...options }: DenoOptions & { name: string }): EdgeFunction {
  let running: Promise<DenoProcess> | undefined
  let closed = false

  const start = (): Promise<DenoProcess> => {
    if (closed) return Promise.reject(new Error('closed'))
    if (running) return running
    const starting = startDeno(options)
    starting.then(({ ended }) => ended.then(() => forget(starting))).catch(() => forget(starting))
    running = starting
    return starting
  }
  const forget = (closed: Promise<DenoProcess>) => {
    if (running === closed) running = undefined
  }
  return {
    fetch: async (request) => {
      const body = await bufferBody(request)
      const started = start()
      try {
        const { origin } = await started
        return await forward(request, body, origin)
      } catch {
        // The broken connection may be reported before the end of the process.
        forget(started)
        await started.then(({ stop }) => stop()).catch(() => {})
        return stopped(name)
      }
    },
    close: async () => {
      closed = true
      await running?.then(({ stop }) => stop()).catch(() => {})
    },
  }
}

/** Keeps at most one byte more than the function's own limit, which is enough for the function to refuse. */
async function bufferBody({ body }: Request): Promise<Blob | undefined> {
  if (!body) return undefined
  const chunks: Uint8Array<ArrayBuffer>[] = []
  let room = LARGEST_UPLOAD + 1
  for await (const chunk of body as unknown as AsyncIterable<Uint8Array<ArrayBuffer>>) {
    chunks.push(chunk.subarray(0, room))
    room -= chunk.length
    if (room <= 0) break
  }
  return new Blob(chunks)
}

async function forward(request: Request, body: Blob | undefined, origin: string): Promise<Response> {
  const { pathname, search } = new URL(request.url)
  const headers = new Headers(request.headers)
  for (const name of ['connection', 'content-length', 'host', 'transfer-encoding']) headers.delete(name)
  // The server of this answer chooses its compression.
  headers.set('accept-encoding', 'identity')
  const response = await fetch(`${origin}${pathname}${search}`, {
    method: request.method,
    headers,
    body,
    redirect: 'manual',
  })
  return new Response(response.body, response)
}

function stopped(name: string): Response {
  const error = {
    code: 'REMOTE_FAILED',
    message: `the function ${name} has stopped`,
    hint: 'run the command again; the output of nofx dev says why it stopped',
  }
  return json({ ok: false, error }, 503)
}
