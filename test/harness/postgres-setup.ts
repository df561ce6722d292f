import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { startPostgres } from './postgres-server.ts'

/**
 * vitest's global setup: one PostgreSQL for all workers, started by the first worker that connects to this socket.
 * The server ends with the main process.
 */
export default async function setup(): Promise<(() => void) | undefined> {
  // vitest runs this for each of its projects.
  if (process.env.NOFX_TEST_POSTGRES) return undefined
  let server: Promise<string> | undefined
  const door = createServer(async (_request, response) => {
    server ??= startPostgres()
    const [status, text] = await server.then(
      (url) => [200, url] as const,
      (error) => [500, String(error)] as const,
    )
    response.writeHead(status).end(text)
  })
  await new Promise<void>((resolve) => door.listen(0, '127.0.0.1', resolve))
  process.env.NOFX_TEST_POSTGRES = `http://127.0.0.1:${(door.address() as AddressInfo).port}`
  return () => door.close()
}
