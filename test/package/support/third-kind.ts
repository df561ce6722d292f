import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process'
import { mkdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { findDeno } from '../../../src/dev/find-deno.ts'
import { agentFiles } from '../../harness/project.ts'
import { buildRewritten } from '../../vercel/support/build-functions.ts'
import { serveOutput } from '../../vercel/support/serve-output.ts'
import { type PackedProject, TOOLS } from './packed-package.ts'

export const PLUGIN = 'nofx-kind-playbooks'

/** The files of a deployment that serves the plugin's kind, as docs/plugins.md shows them. */
const DEPLOYMENT = {
  'supabase/functions/registry_playbooks_sync/index.ts': `import { serveKind } from 'nofx/edge'
import { playbooks } from '${PLUGIN}'

serveKind(playbooks)
`,
  'api/index.mjs': `import { createRegistryApi } from 'nofx/api'
import { playbooks } from '${PLUGIN}'

export default createRegistryApi({ kinds: [playbooks], log: () => {} })
`,
  'vercel.json': /^\{ "rewrites".*$/m.exec(readFileSync('docs/plugins.md', 'utf8'))?.[0] ?? '',
  'worker.mjs': `import { connectRegistry } from 'nofx/worker'
import { playbooks } from '${PLUGIN}'

const { SUPABASE_URL: url, SUPABASE_PUBLISHABLE_KEY: key } = process.env
const registry = await connectRegistry({ url, key, cacheDir: './copies', kinds: [playbooks] })
const { definition } = await registry.definition('playbooks', 'fire')
const unknown = await registry.definition('poems', 'one').catch(({ code }) => code)
console.log(JSON.stringify({ title: definition.manifest.name, paths: Object.keys(definition.texts), unknown }))
await registry.close()
`,
  'ask-api.mjs': `import api from './api/index.mjs'

// Vercel repeats the rewritten path as a query parameter.
const asked = ['playbooks?path=playbooks', 'playbooks/fire', 'agents', 'poems']
const answers = await Promise.all(
  asked.map((path) => api.fetch(new Request(\`https://registry.example.com/api/\${path}\`))),
)
const seen = await Promise.all(answers.map(async (one) => ({ status: one.status, body: await one.json() })))
console.log(JSON.stringify(seen))
process.exit()
`,
}

/** A process that serves, and the address that it prints. */
interface Serving {
  child: ChildProcess
  url: string
}

/** Tests one kind of a plugin on every surface, with the packages as `project` has installed them. */
export function describeThirdKind(get: () => PackedProject): void {
  describe('a kind of a plugin, installed from its tarball outside of this repository', () => {
    const served: ChildProcess[] = []
    let env: Record<string, string>
    let close = () => {}

    beforeAll(async () => {
      const { root } = get()
      prepare(root)
      const dev = await start(served, nofxOf(get(), ['dev', '--port', '0', '--no-watch']), root, {})
      const keys = JSON.parse(readFileSync(join(root, '.nofx/keys.json'), 'utf8'))
      const secrets = { SUPABASE_URL: dev.url, SUPABASE_SECRET_KEY: keys.secret }
      const deno = await start(served, await denoOf(root), root, {
        ...secrets,
        DENO_SERVE_ADDRESS: 'tcp:127.0.0.1:0',
      })
      const front = await frontOf(dev.url, deno.url)
      close = front.close
      env = {
        SUPABASE_URL: front.url,
        SUPABASE_SECRET_KEY: keys.secret,
        SUPABASE_PUBLISHABLE_KEY: keys.publishable,
      }
    })
    afterAll(() => {
      close()
      // `nofx dev` ends its own processes at this signal.
      for (const child of served) child.kill('SIGTERM')
    })
    // The address that the programs call is served by this process, so it must not wait for them.
    const run = async (words: string[]) => {
      const [command = '', ...args] = words
      const more = { ...env, NOFX_ACTOR: 'test@example.com', NO_COLOR: '1' }
      const options = { cwd: get().root, env: { ...process.env, ...more }, timeout: 120_000 }
      const { stdout } = await promisify(execFile)(command, args, options)
      return stdout
    }
    const nofx = async (...words: string[]) => JSON.parse(await run([...nofxOf(get(), words), '--json']))

    test('is published with the CLI through its function under Deno', async () => {
      await nofx('new', 'playbook', 'fire', '--owner', '@acme/oncall')
      git(get().root, 'add', '-A')
      git(get().root, 'commit', '-qm', 'Add a playbook')
      const { result } = (await nofx('registry', 'publish')).data
      expect(result.outcomes).toMatchObject([
        { kind: 'agents', outcome: 'added' },
        { kind: 'playbooks', id: 'fire', outcome: 'added' },
      ])
      const { heads } = (await nofx('registry', 'list', 'playbooks')).data
      expect(heads).toMatchObject([{ id: 'fire', version: 1 }])
    })

    test('is served by the API of a deployment', async () => {
      const [list, one, agents, poems] = JSON.parse(await run([process.execPath, 'ask-api.mjs']))
      expect(list.status, JSON.stringify(list.body)).toBe(200)
      expect(JSON.stringify(list.body)).toContain('"fire"')
      expect([one.status, agents.status, poems.status]).toEqual([200, 200, 404])
    })

    test.runIf(TOOLS)(
      'is served by the function that Vercel builds, behind the rewrite of the page',
      async () => {
        for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value)
        onTestFinished(() => void vi.unstubAllEnvs())
        const output = await buildRewritten(realpathSync(get().root), 'api/index.mjs')
        onTestFinished(() => rmSync(output, { recursive: true, force: true }))
        // The function has only the files that the builder traced.
        const { url, close: stop } = await serveOutput(output)
        onTestFinished(stop)
        const ask = async (path: string) => {
          const answer = await fetch(`${url}/api/${path}`)
          return { status: answer.status, text: await answer.text() }
        }
        expect(await ask('playbooks')).toMatchObject({ status: 200, text: expect.stringContaining('"fire"') })
        expect(await ask('playbooks/fire')).toMatchObject({ status: 200 })
        expect(await ask('playbooks/fire/versions/1')).toMatchObject({ status: 200 })
        expect(await ask('agents?limit=1')).toMatchObject({
          status: 200,
          text: expect.stringContaining('medic'),
        })
        expect(await ask('poems')).toMatchObject({ status: 404 })
      },
    )

    test('is read by a worker', async () => {
      expect(JSON.parse(await run([process.execPath, 'worker.mjs']))).toMatchObject({
        title: expect.any(String),
        paths: expect.arrayContaining(['playbook.json', 'steps/look.md']),
        unknown: 'CONFIG',
      })
    })

    test('is refused by its function without a key', async () => {
      const url = `${env.SUPABASE_URL}/functions/v1/registry_playbooks_sync`
      const answer = await fetch(url, { method: 'POST', body: '{}' })
      expect(answer.status).toBe(401)
    })
  })
}

function prepare(root: string): void {
  const manifest = {
    name: 'app',
    private: true,
    type: 'module',
    devDependencies: { nofx: '*', [PLUGIN]: '*' },
    nofx: { plugins: [PLUGIN] },
  }
  const files = { ...DEPLOYMENT, '.gitignore': 'node_modules\n.nofx\n', 'package.json': manifest }
  for (const [path, content] of Object.entries({ ...files, ...agentFiles('medic') })) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), typeof content === 'string' ? content : JSON.stringify(content))
  }
  git(root, 'init', '-q', '-b', 'main')
}

const nofxOf = ({ nofx }: PackedProject, words: string[]) => [
  process.execPath,
  join(nofx, 'bin/run.js'),
  ...words,
]

function git(cwd: string, ...args: string[]): void {
  const identity = ['-c', 'user.name=Test', '-c', 'user.email=test@example.com']
  execFileSync('git', [...identity, ...args], { cwd })
}

async function denoOf(root: string): Promise<string[]> {
  const rights = ['--allow-net=127.0.0.1', '--allow-env', '--allow-read']
  const offline = ['--no-prompt', '--no-lock', '--no-remote', '--cached-only', '--node-modules-dir=manual']
  const entry = join(root, 'supabase/functions/registry_playbooks_sync/index.ts')
  return [(await findDeno()) ?? 'deno', 'run', ...offline, ...rights, entry]
}

/** Starts a server and waits for the address in its output. */
function start(
  all: ChildProcess[],
  words: string[],
  cwd: string,
  env: Record<string, string>,
): Promise<Serving> {
  const [command = '', ...args] = words
  const child = spawn(command, args, { cwd, env: { ...process.env, NO_COLOR: '1', ...env } })
  all.push(child)
  return new Promise((resolve, reject) => {
    let output = ''
    const read = (data: Buffer) => {
      output += data
      const url = /http:\/\/127\.0\.0\.1:\d+/.exec(output)?.[0]
      // `nofx dev` names the keys after the address, and then serves.
      if (url && /Ctrl-C|Listening/.test(output)) resolve({ child, url })
    }
    child.stdout.on('data', read)
    child.stderr.on('data', read)
    child.once('exit', () => reject(new Error(`${words.join(' ')} ended: ${output}`)))
  })
}

/** One address for both, as on Supabase: the function of the kind is Deno's, everything else is `nofx dev`. */
async function frontOf(dev: string, deno: string): Promise<{ url: string; close: () => void }> {
  const server = createServer(async (request, response) => {
    const { url = '/', method, headers } = request
    const target = url.startsWith('/functions/v1/registry_playbooks_sync') ? deno : dev
    const { host: _host, connection: _connection, 'content-length': _length, ...rest } = headers
    const body = method === 'GET' || method === 'HEAD' ? undefined : await bodyOf(request)
    const answer = await fetch(target + url, { method, headers: rest as Record<string, string>, body })
    const {
      'content-encoding': _coding,
      'content-length': _size,
      ...kept
    } = Object.fromEntries(answer.headers)
    response.writeHead(answer.status, kept)
    response.end(Buffer.from(await answer.arrayBuffer()))
  })
  // Without a WebSocket, the library polls.
  server.on('upgrade', (_request, socket) => socket.destroy())
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}

async function bodyOf(request: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = []
  for await (const part of request) parts.push(part)
  return Buffer.concat(parts)
}
