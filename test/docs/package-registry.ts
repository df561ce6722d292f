import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/**
 * A registry of npm packages on this machine, in which one tarball is published. Every other package comes from
 * `upstream`.
 */
export async function servePackage(
  tarball: string,
  upstream: string,
): Promise<{ url: string; close: () => void }> {
  const bytes = readFileSync(tarball)
  const text = execFileSync('tar', ['-xzOf', tarball, 'package/package.json'], { encoding: 'utf8' })
  const manifest = JSON.parse(text) as { name: string; version: string }
  const { name, version } = manifest
  const integrity = `sha512-${createHash('sha512').update(bytes).digest('base64')}`
  const server = createServer((request, response) => {
    const path = request.url ?? '/'
    if (path === `/${name}/-/${name}-${version}.tgz`) return void response.end(bytes)
    if (path !== `/${name}`)
      return void response.writeHead(307, { location: new URL(path.slice(1), upstream).href }).end()
    const dist = { integrity, tarball: `http://${request.headers.host}/${name}/-/${name}-${version}.tgz` }
    const document = {
      name,
      'dist-tags': { latest: version },
      versions: { [version]: { ...manifest, dist } },
    }
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(document))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}/`, close: () => server.close() }
}
