import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Duplex } from 'node:stream'
import { TLSSocket } from 'node:tls'
import { onTestFinished } from 'vitest'
import type { PostgresDatabase } from '../../harness/postgres.ts'
import { OWNER } from '../../harness/postgres-server.ts'
import { REF } from './management-api.ts'

const PORT = 5432
/** A client's first message when it wants TLS; the answer is one letter. */
const TLS_REQUEST = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47])

/**
 * A pooler in front of the server of a database, as Supabase has one: with TLS for clients that ask, and a user of its
 * own, whose sessions have the owner's rights.
 */
export async function openPooler(db: PostgresDatabase, address: string): Promise<void> {
  const user = `"postgres.${REF}"`
  await db.run(`create role ${user} login in role ${OWNER}; alter role ${user} set role ${OWNER};`)
  onTestFinished(() => db.run(`drop role ${user};`))
  const certificate = createCertificate()
  const { hostname, port } = new URL(db.url)
  const pass = (near: Duplex) => {
    const far = connect(Number(port), hostname)
    for (const end of [near, far]) end.on('error', () => {})
    near.pipe(far).pipe(near)
  }
  const server = createServer((near: Socket) => {
    near.on('error', () => {})
    near.once('data', (first) => {
      if (first.equals(TLS_REQUEST)) {
        near.write('S')
        pass(new TLSSocket(near, { isServer: true, ...certificate }))
      } else {
        near.pause()
        near.unshift(first)
        pass(near)
      }
    })
  })
  await new Promise<void>((done) => server.listen(PORT, address, done))
  onTestFinished(() => void server.close())
}

/** A certificate that nothing trusts: clients of the pooler check none. */
function createCertificate(): { key: Buffer; cert: Buffer } {
  const folder = mkdtempSync(join(tmpdir(), 'nofx-pooler-'))
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
  const subject = ['-newkey', 'rsa:2048', '-nodes', '-days', '1', '-subj', '/CN=pooler']
  execFileSync('openssl', ['req', '-x509', ...subject, '-keyout', key, '-out', cert], { stdio: 'ignore' })
  const pair = { key: readFileSync(key), cert: readFileSync(cert) }
  rmSync(folder, { recursive: true })
  return pair
}
