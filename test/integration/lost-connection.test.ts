import { type AddressInfo, createServer, type Socket } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { openCuttingProxy } from '../harness/cutting-proxy.ts'
import { PostgresProject } from '../harness/postgres-project.ts'
import { agentFiles, type CliRun, TestProject } from '../harness/project.ts'

const STACK = /^\s+at .+:\d+/m

/** Expects one document that says what failed and what to do, exit 3, and nothing else. */
function expectLost({ exit, stdout, stderr, json }: CliRun, where: string): void {
  expect({ where, exit, ok: json?.ok, code: json?.error?.code }, stdout + stderr).toEqual({
    where,
    exit: 3,
    ok: false,
    code: 'REMOTE_FAILED',
  })
  expect(json.error.hint, where).toMatch(/run the (same )?command again|start that server/)
  expect(json.error.message, where).not.toMatch(/older one/)
  expect(stdout + stderr, where).not.toMatch(STACK)
  expect(stderr, where).toBe('')
}

function bytes(type: string, body: Uint8Array): Buffer {
  const head = Buffer.alloc(5)
  head.write(type)
  head.writeInt32BE(body.length + 4, 1)
  return Buffer.concat([head, body])
}
const HELLO = Buffer.concat([bytes('R', Buffer.alloc(4)), bytes('Z', Buffer.from('I'))])
const NOTHING = Buffer.alloc(0)
const ANSWER = Buffer.concat([
  bytes('1', NOTHING),
  bytes('t', Buffer.alloc(2)),
  bytes('n', NOTHING),
  bytes('2', NOTHING),
  bytes('C', Buffer.from('SELECT 1\0')),
  bytes('Z', Buffer.from('I')),
])

/** Speaks just enough of PostgreSQL's protocol to let a client in; `onQuery` gets every message after that. */
async function fakeServer(onQuery: (socket: Socket, count: number) => void): Promise<string> {
  let queries = 0
  const server = createServer((socket) => {
    let isIn = false
    socket.on('error', () => {})
    socket.on('data', () => {
      if (isIn) return onQuery(socket, ++queries)
      isIn = true
      socket.write(HELLO)
    })
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  onTestFinished(() => void server.close())
  return `postgres://x@127.0.0.1:${(server.address() as AddressInfo).port}/x`
}

describe('a server that accepts connections and then fails', () => {
  it.each([1, 2, 3, 4, 6])(
    'a server that drops the connection at query %i ends a command with exit 3',
    async (last) => {
      // What a process of its own adds is the same at each query: the first one shows it.
      const project = new TestProject({}, { resident: last > 1 })
      onTestFinished(() => project.remove())
      const url = await fakeServer((socket, count) => {
        if (count >= last) socket.destroy()
        else socket.write(ANSWER)
      })
      const run = await project.runWith({ env: { NOFX_DATABASE_URL: url } }, 'registry', 'list', '--json')
      expectLost(run, `query ${last}`)
    },
  )

  it('a command on a server that never answers ends on SIGTERM', async () => {
    let asked = () => {}
    const asks = new Promise<void>((done) => {
      asked = done
    })
    const url = await fakeServer(() => asked())
    const project = new TestProject({ NOFX_DATABASE_URL: url })
    onTestFinished(() => project.remove())
    const { child, ended } = project.start('registry', 'list', '--json')
    await asks
    const started = Date.now()
    child.kill('SIGTERM')
    const { exit, signal } = await ended
    expect(signal ?? exit).toEqual(signal ? 'SIGTERM' : 130)
    expect(Date.now() - started).toBeLessThan(20_000)
  })
})

/** How many packets of a command are tried: `npm run fire` tries more of the same command than `npm test`. */
const TRIED = process.env.NOFX_FIRE_REPORT ? 50 : 6
const packetsToCut = (all: number): number[] =>
  Array.from({ length: TRIED }, (_, at) => 1 + Math.floor((at * all) / TRIED))

describe('a connection that is cut at any packet', { timeout: TRIED * 30_000 }, () => {
  async function projectBehindProxy() {
    const project = await PostgresProject.create()
    const proxy = await openCuttingProxy(project.database.url)
    onTestFinished(async () => {
      proxy.close()
      await project.remove()
    })
    project.write(agentFiles('ada')).write(agentFiles('bob')).commit()
    const run = (cutAt: number, ...words: string[]) => {
      proxy.arm(cutAt)
      return project.runWith({ env: { NOFX_DATABASE_URL: proxy.url } }, ...words, '--json')
    }
    return { project, proxy, run }
  }

  it('a list whose connection is cut ends with exit 3, and later lists work', async () => {
    const { proxy, run } = await projectBehindProxy()
    expect((await run(Number.POSITIVE_INFINITY, 'registry', 'list')).exit).toBe(0)
    // The first list also fills the schema cache.
    expect((await run(Number.POSITIVE_INFINITY, 'registry', 'list')).exit).toBe(0)
    const all = proxy.packets()
    expect(all).toBeGreaterThan(10)
    let failed = 0
    for (const cutAt of packetsToCut(all)) {
      const ran = await run(cutAt, 'registry', 'list')
      if (ran.exit === 0) expect({ cutAt, ok: ran.json?.ok }).toEqual({ cutAt, ok: true })
      else expectLost(ran, `packet ${cutAt}`)
      failed += ran.exit === 0 ? 0 : 1
    }
    // Packets after the answer only end the connection.
    expect(failed).toBeGreaterThan(TRIED / 3)
    expect((await run(Number.POSITIVE_INFINITY, 'registry', 'list')).exit).toBe(0)
  })

  it('a publish whose connection is cut leaves nothing half-done, and the same command finishes it', async () => {
    const { project, proxy, run } = await projectBehindProxy()
    const heads = async () => {
      const { json } = await project.run('registry', 'list', '--json')
      return json.data.heads.map(({ version }: { version: number }) => version)
    }
    expect((await run(Number.POSITIVE_INFINITY, 'registry', 'publish')).exit).toBe(0)
    const all = proxy.packets()
    for (const cutAt of packetsToCut(all)) {
      const text = { 'packages/shared/agents/ada/prompts/system.md': `You are cut at packet ${cutAt}.\n` }
      project.write(text).commit()
      const before = await heads()
      const ran = await run(cutAt, 'registry', 'publish')
      const after = await heads()
      if (ran.exit === 0) expect({ cutAt, after }).toEqual({ cutAt, after: [before[0] + 1, before[1]] })
      else expectLost(ran, `packet ${cutAt}`)
      expect([before[0], before[0] + 1]).toContain(after[0])
      expect((await run(Number.POSITIVE_INFINITY, 'registry', 'publish')).exit).toBe(0)
      expect(await heads()).toEqual([before[0] + 1, before[1]])
    }
    expect((await project.run('registry', 'verify', '--deep')).exit).toBe(0)
  })
})
