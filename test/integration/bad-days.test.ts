import { execFileSync, spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, truncateSync } from 'node:fs'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { placeEmbedded } from '../harness/embedded-template.ts'
import { agentFiles, type CliRun, TestProject } from '../harness/project.ts'
import { onSmallDisk } from '../harness/small-disk.ts'

const SECRET = 'sb_secret_0123456789abcdefghij'
const AGENTS = 'packages/shared/agents'
const failureOf = ({ exit, json }: CliRun) => ({ exit, code: json?.error?.code })
const isRoot = process.getuid?.() === 0
if (isRoot) console.warn('skipped: unreadable files and folders, because root may read and write everything')

/** Checks that a failure is a line and a hint, without a stack. */
function expectManners({ stderr }: CliRun): void {
  expect(stderr).toMatch(/^error [A-Z_]+ .+\n( {2}hint: .+\n)$/)
}

describe('a project in a bad state', () => {
  const bad: {
    what: string
    words?: string[]
    exit: number
    code: string
    says: RegExp
    make: (project: TestProject) => void
  }[] = [
    {
      what: 'has no git',
      exit: 1,
      code: 'NO_COMMIT',
      says: /git init/,
      make: (project) => rmSync(join(project.root, '.git'), { recursive: true }),
    },
    {
      what: 'has no commit',
      exit: 1,
      code: 'NO_COMMIT',
      says: /git init|git commit/,
      make: (project) => {
        rmSync(join(project.root, '.git'), { recursive: true })
        project.git('init', '-q')
      },
    },
    {
      what: 'has uncommitted changes',
      exit: 1,
      code: 'NO_COMMIT',
      says: /--allow-dirty/,
      make: (project) => project.write({ [`${AGENTS}/ada/prompts/system.md`]: 'x\n' }),
    },
    {
      what: 'has no definitions',
      exit: 1,
      code: 'NO_DEFINITIONS',
      says: /nofx new agent/,
      make: (project) => {
        rmSync(join(project.root, 'packages'), { recursive: true })
        project.commit()
      },
    },
    {
      what: 'has a file for its definitions',
      exit: 1,
      code: 'NO_COMMIT',
      says: /is a file/,
      make: (project) => {
        rmSync(join(project.root, AGENTS), { recursive: true })
        project.write({ [AGENTS]: '' }).commit()
      },
    },
    {
      what: 'has a file for .nofx/',
      exit: 3,
      code: 'EMBEDDED_CORRUPT',
      says: /is not a folder/,
      make: (project) => project.write({ '.nofx': '' }),
    },
    {
      what: 'has a file for its database',
      exit: 3,
      code: 'EMBEDDED_CORRUPT',
      says: /mv /,
      make: (project) => project.write({ '.nofx/db': '' }),
    },
    {
      what: 'has an emptied database',
      exit: 3,
      code: 'EMBEDDED_CORRUPT',
      says: /mv /,
      make: (project) => project.write({ '.nofx/db/PG_VERSION': '17\n' }),
    },
    {
      what: 'has invalid keys',
      exit: 3,
      code: 'EMBEDDED_CORRUPT',
      says: /keys\.json/,
      make: (project) => project.write({ '.nofx/keys.json': '{}' }),
    },
    {
      what: 'has an invalid lock',
      exit: 3,
      code: 'EMBEDDED_CORRUPT',
      says: /rm /,
      make: (project) => project.write({ '.nofx/lock': 'hello' }),
    },
    {
      what: 'has an agent that is a file',
      words: ['validate', `${AGENTS}/ada`],
      exit: 1,
      code: 'FINDINGS',
      says: /NOFX_MANIFEST_MISSING|1 error/,
      make: (project) => rmSync(join(project.root, AGENTS, 'ada/agent.json')),
    },
  ]

  it.each(bad)('a project that $what is refused with $code', async ({ words, exit, code, says, make }) => {
    const project = new TestProject({}, { resident: true }).write(agentFiles('ada')).commit()
    make(project)
    const run = await project.run(...(words ?? ['registry', 'publish']))
    expect(run.exit).toBe(exit)
    expect(run.stderr).toContain(`error ${code} `)
    expect(run.stdout + run.stderr).toMatch(says)
    expectManners(run)
    project.remove()
  })

  it('doctor checks the whole project: no failed check hides another', async () => {
    const project = new TestProject({}, { resident: true }).write({ [AGENTS]: '', '.nofx': '' })
    const { exit, json } = await project.run('doctor', '--json')
    expect({ exit, code: json.error.code }).toEqual({ exit: 2, code: 'CONFIG' })
    const states = json.data.checks.map(
      (check: { name: string; state: string }) => `${check.name} ${check.state}`,
    )
    expect(states).toEqual([
      'nofx ok',
      'node ok',
      'definitions failed',
      'git warning',
      'target ok',
      'registry failed',
    ])
    project.remove()
  })

  it('doctor explains how to deepen a shallow clone', async () => {
    const origin = new TestProject().write(agentFiles('ada')).commit().commit()
    const clone = new TestProject({}, { resident: true })
    rmSync(clone.root, { recursive: true })
    execFileSync('git', ['clone', '-q', '--depth', '1', `file://${origin.root}`, clone.root])
    const { exit, json } = await clone.run('registry', 'publish', '--json')
    expect({ exit, code: json.error.code, hint: json.error.hint }).toEqual({
      exit: 1,
      code: 'NO_COMMIT',
      hint: expect.stringContaining('git fetch --unshallow'),
    })
    const sha = clone.git('rev-parse', 'HEAD').trim()
    const named = await clone.run('registry', 'publish', '--commit', sha, '--rank', '2')
    expect(named.exit).toBe(0)
    for (const project of [origin, clone]) project.remove()
  })

  it('a project outside of git publishes with --allow-dirty, marked as dirty', async () => {
    const project = new TestProject({}, { resident: true }).write(agentFiles('ada'))
    rmSync(join(project.root, '.git'), { recursive: true })
    expect((await project.run('registry', 'publish', '--allow-dirty')).exit).toBe(0)
    const { json } = await project.run('registry', 'history', 'agents', 'ada', '--json')
    expect(json.data.revisions[0].commit).toMatchObject({ dirty: true })
    project.remove()
  })

  it.skipIf(isRoot)('an unreadable file is a finding, and a read-only folder a failure', async () => {
    const project = new TestProject().write(agentFiles('ada')).commit()
    chmodSync(join(project.root, AGENTS, 'ada/prompts/system.md'), 0)
    expect((await project.run('validate', '--json')).json.diagnostics).toMatchObject([
      { rule: 'NOFX_FILE_UNREADABLE' },
    ])
    chmodSync(join(project.root, AGENTS, 'ada/prompts/system.md'), 0o644)
    chmodSync(project.root, 0o555)
    expect(failureOf(await project.run('registry', 'publish', '--json'))).toEqual({
      exit: 1,
      code: 'INPUT_UNREADABLE',
    })
    chmodSync(project.root, 0o755)
    project.remove()
  })
})

describe('the embedded cloud', () => {
  it('a damaged database is set aside by the hint, and filled again from git', async () => {
    const project = new TestProject({}, { resident: true })
      .write(agentFiles('ada'))
      .write({ '.gitignore': '.nofx*\n' })
      .commit()
    await placeEmbedded(project.root)
    expect((await project.run('registry', 'publish')).exit).toBe(0)
    const control = join(project.root, '.nofx/db/global/pg_control')
    truncateSync(control, 100)
    const broken = await project.run('registry', 'list', '--json')
    expect(failureOf(broken)).toEqual({ exit: 3, code: 'EMBEDDED_CORRUPT' })
    expect(existsSync(control)).toBe(true)
    const [, command = ''] = broken.json.error.hint.split('publish again: ')
    execFileSync('sh', ['-c', command])
    expect((await project.run('registry', 'publish')).exit).toBe(0)
    expect((await project.run('registry', 'list', '--json')).json.data.heads).toHaveLength(1)
    project.remove()
  })

  it('a folder in use by a living process is waited for, then reported with the pid', async () => {
    const project = new TestProject({}, { resident: true }).write(agentFiles('ada')).commit()
    const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'])
    writeLock(project, other.pid ?? 0)
    const run = await project.run('registry', 'list')
    other.kill()
    expect(run.exit).toBe(3)
    expectManners(run)
    expect(run.stderr).toContain(`EMBEDDED_LOCKED`)
    expect(run.stderr).toContain(`process ${other.pid}`)
    project.remove()
  })

  it('a folder left locked by a dead process is taken over', async () => {
    const project = new TestProject({}, { resident: true }).write(agentFiles('ada')).commit()
    await placeEmbedded(project.root)
    const dead = spawn(process.execPath, ['-e', ''])
    await new Promise((done) => dead.once('exit', done))
    writeLock(project, dead.pid ?? 0)
    expect((await project.run('registry', 'publish')).exit).toBe(0)
    expect(existsSync(join(project.root, '.nofx/lock'))).toBe(false)
    project.remove()
  })

  it('a full disk is reported, leaves nothing half-written, and the command works when there is room', async (context) => {
    const project = new TestProject({}, { resident: true }).write(agentFiles('ada')).commit()
    context.onTestFinished(() => project.remove())
    const folder = join(project.root, '.nofx')
    mkdirSync(folder)
    await onSmallDisk(context, folder, '6m', async () => {
      const run = await project.runWith({ alone: true }, 'registry', 'publish')
      expect(run.exit).toBe(1)
      expect(run.stderr).toMatch(/^error DISK_FULL .+\n {2}hint: free some space/)
    })
    expect((await project.run('registry', 'publish')).exit).toBe(0)
  })

  it('Ctrl-C in the middle of a publish leaves the cloud whole, and the same command finishes the publish', async () => {
    const project = new TestProject({}, { resident: true })
    const ids = Array.from({ length: 80 }, (_, index) => `agent-${index}`)
    for (const id of ids) project.write(agentFiles(id))
    await placeEmbedded(project.root)
    const { child, ended } = project.commit().start('registry', 'publish')
    const objects = join(project.root, '.nofx/storage/registry/agents')
    while (child.exitCode === null && !(existsSync(objects) && readdirSync(objects).length > 10))
      await pause(5)
    child.kill('SIGINT')
    expect(await ended).toEqual({ exit: 130, signal: null })
    expect((await project.run('registry', 'list', '--json')).json.data.heads).toEqual([])
    const { exit, json } = await project.run('registry', 'publish', '--json')
    expect({ exit, moved: json.data.result.outcomes.length }).toEqual({ exit: 0, moved: ids.length })
    expect((await project.run('registry', 'verify', '--deep')).exit).toBe(0)
    project.remove()
  })
})

describe('a remote registry', () => {
  let project: TestProject
  const servers: Server[] = []
  const serve = async (listener: RequestListener): Promise<string> => {
    const server = createServer((request, response) => {
      request.resume()
      listener(request, response)
    })
    servers.push(server)
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  }
  const closedPort = async (): Promise<number> => {
    const url = await serve(() => {})
    await new Promise((done) => servers.pop()?.close(done))
    return Number(new URL(url).port)
  }
  const answer =
    (status: number, body: string, type = 'application/json') =>
    () =>
      serve((_request, response) => response.writeHead(status, { 'content-type': type }).end(body))

  beforeAll(() => {
    project = new TestProject({}, { resident: true }).write(agentFiles('ada')).commit()
  })
  afterAll(() => {
    for (const server of servers) server.close()
    project.remove()
  })

  it.each<[what: string, url: () => Promise<string>, code: string]>([
    ['is unreachable', async () => `http://127.0.0.1:${await closedPort()}`, 'REMOTE_FAILED'],
    ['fails', answer(500, '{"message":"boom"}'), 'REMOTE_FAILED'],
    ['refuses the key', answer(401, '{"message":"Invalid API key"}'), 'REMOTE_DENIED'],
    ['forbids', answer(403, '{"message":"no"}'), 'REMOTE_DENIED'],
    ['does not exist', answer(404, '{}'), 'REMOTE_FAILED'],
    ['answers with a web page', answer(200, '<html>Welcome</html>', 'text/html'), 'REMOTE_FAILED'],
    ['answers with nothing', answer(200, ''), 'REMOTE_FAILED'],
    ['answers with null', answer(200, 'null'), 'REMOTE_FAILED'],
    ['answers with something else', answer(200, '{"hello":"world"}'), 'REMOTE_FAILED'],
    ['hangs up', () => serve((request) => request.socket.destroy()), 'REMOTE_FAILED'],
  ])('a registry that %s is reported, with exit 3 and a hint', async (_what, url, code) => {
    const env = { SUPABASE_URL: await url(), SUPABASE_SECRET_KEY: SECRET }
    for (const words of [
      ['registry', 'list'],
      ['registry', 'publish', '--dry-run'],
    ]) {
      const run = await project.runWith({ env }, ...words)
      expect({ words, exit: run.exit, stderr: run.stderr }).toMatchObject({
        exit: 3,
        stderr: expect.stringContaining(`error ${code} ${env.SUPABASE_URL}`),
      })
      expectManners(run)
      expect(run.stderr).not.toContain(SECRET)
    }
  })

  it('an unreachable registry does not stop a validation', async () => {
    project.write(agentFiles('bob', { dependencies: { agents: ['elsewhere'] } }))
    const env = { SUPABASE_URL: `http://127.0.0.1:${await closedPort()}`, SUPABASE_SECRET_KEY: SECRET }
    const { exit, json } = await project.runWith({ env }, 'validate', '--json')
    expect({ exit, rules: json.diagnostics.map(({ rule }: { rule: string }) => rule) }).toEqual({
      exit: 0,
      rules: ['NOFX_REFERENCE_UNRESOLVED'],
    })
  })

  it('a half-configured registry is a configuration failure', async () => {
    const halves: Record<string, string>[] = [
      { SUPABASE_URL: 'https://x.supabase.co' },
      { SUPABASE_SECRET_KEY: SECRET },
    ]
    for (const env of halves) {
      const run = await project.runWith({ env }, 'registry', 'list')
      expect(run.exit).toBe(2)
      expectManners(run)
    }
  })

  it('an unreachable PostgreSQL is named without its password', async () => {
    const env = { NOFX_DATABASE_URL: `postgres://user:hunter2@127.0.0.1:${await closedPort()}/db` }
    const run = await project.runWith({ env }, 'registry', 'list')
    expect(run.exit).toBe(3)
    expectManners(run)
    expect(run.stderr).toContain('postgres://127.0.0.1')
    expect(run.stderr).not.toContain('hunter2')
  })
})

/** The lock of a process that runs this project's embedded cloud, as that process would write it. */
function writeLock(project: TestProject, pid: number): void {
  const holder = { pid, host: hostname(), startedAt: new Date().toISOString(), token: `token-${pid}` }
  project.write({ '.nofx/lock': holder })
}
