import { type ChildProcess, execFile } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join, resolve } from 'node:path'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { tempFolder } from '../../import/support/temp-folder.ts'
import { hasTerminal, inTerminal } from '../support/terminal.ts'

const { version: RUNNING } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string }

/** An npm registry on the loopback device, which notes what it is asked for. */
async function registry(answer: (to: ServerResponse) => void) {
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(request.url ?? '')
    response.on('error', () => {})
    answer(response)
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { asked, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/npm` }
}

const withVersion = (version: unknown) => (to: ServerResponse) =>
  void to.end(JSON.stringify({ name: 'nofx', version }))

/** The environment of a person's terminal with a home of its own. */
function personal(home: string, npm_config_registry: string): NodeJS.ProcessEnv {
  const { PATH } = process.env
  return { PATH, HOME: home, npm_config_registry, npm_config_cache: join(home, 'npm'), NOFX_PAGER: 'cat' }
}

/** A project that has the built program in its node_modules. */
function installed() {
  const root = tempFolder({ 'package.json': '{"devDependencies": {"nofx": "0.1.0"}}' })
  const home = tempFolder()
  const program = join(root, 'node_modules/nofx')
  mkdirSync(program, { recursive: true })
  for (const part of ['bin', 'dist', 'package.json', 'oclif.manifest.json'])
    cpSync(resolve(part), join(program, part), { recursive: true })
  symlinkSync(resolve('node_modules'), join(program, 'node_modules'))
  return { root, home, run: join(program, 'bin/run.js'), answers: join(home, '.cache/nofx/newest-release') }
}

describe.runIf(hasTerminal)('a command of an installed nofx', () => {
  test('asks npm once a day without waiting, and then has a line on a terminal about a newer release', async () => {
    const waiting: ServerResponse[] = []
    const npm = await registry((to) => void waiting.push(to))
    const { root, home, run, answers } = installed()
    const env = personal(home, npm.url)
    const screen = (command: string, more: NodeJS.ProcessEnv = {}) =>
      inTerminal(command, { cwd: root, env: { ...env, ...more }, columns: 80 })
    const list = `'${process.execPath}' '${run}' formats`

    // The command is over while npm's registry has not answered.
    expect(await screen(list)).not.toContain('available')
    await vi.waitFor(() => expect(npm.asked).toEqual(['/npm/nofx/latest']), { timeout: 30_000 })
    waiting.map(withVersion('99.0.0'))
    await vi.waitFor(() => expect(readFileSync(answers, 'utf8')).toBe('99.0.0\n'), { timeout: 30_000 })

    const line = `nofx 99.0.0 is available (this is ${RUNNING}): npm install nofx@latest`
    const lines = (await screen(list)).trimEnd().split('\n')
    expect(lines.at(-1)).toBe(line)
    expect(lines.filter((one) => one.includes('99.0.0'))).toHaveLength(1)
    expect(await screen(`${list} >/dev/null`)).toBe(`${line}\n`)
    expect(await screen(`'${process.execPath}' '${run}' doctor`)).toContain(
      `nofx: ${RUNNING}; 99.0.0 is available\n  fix: npm install nofx@latest`,
    )
    expect(await screen(`${list} --nonsense`)).toContain(line)

    const silent: [string, NodeJS.ProcessEnv?][] = [
      [`${list} --json`],
      [`${list} 2>/dev/null`],
      [list, { CI: 'true' }],
      [list, { NOFX_NO_UPDATE_CHECK: '1' }],
      [list, { NO_UPDATE_NOTIFIER: '1' }],
      [`'${process.execPath}' '${run}' completion bash -- ''`],
      [`'${process.execPath}' '${run}' --version`],
    ]
    for (const [command, more] of silent) expect(await screen(command, more)).not.toContain('99.0.0')
    expect(npm.asked).toHaveLength(1)
  })

  test('in a clone of the repository asks nothing', async () => {
    const npm = await registry(withVersion('99.0.0'))
    const home = tempFolder()
    const options = { cwd: home, env: personal(home, npm.url), columns: 80 }
    const ran = await inTerminal(`'${process.execPath}' '${resolve('bin/run.js')}' formats`, options)
    expect(ran).not.toContain('available')
    expect(existsSync(join(home, '.cache'))).toBe(false)
  })
})

describe('the program that asks npm', () => {
  /** What the file holds after the program has asked this registry. */
  async function answerOf(url: string, { before = '0.1.1\n', env = {} } = {}) {
    const home = tempFolder({ 'newest-release': before })
    const path = join(home, 'newest-release')
    await new Promise<void>((done) => {
      const options = { cwd: home, env: { ...personal(home, url), ...env }, timeout: 60_000 }
      const child: ChildProcess = execFile(
        process.execPath,
        [resolve('dist/ask-npm.js'), 'nofx', path],
        options,
        (_error, stdout, stderr) => {
          expect({ stdout, stderr, signal: child.signalCode }).toEqual({
            stdout: '',
            stderr: '',
            signal: null,
          })
          done()
        },
      )
    })
    return readFileSync(path, 'utf8')
  }

  test('writes the version of a release', async () => {
    expect(await answerOf((await registry(withVersion('99.1.0'))).url)).toBe('99.1.0\n')
  })

  test.each<[string, (to: ServerResponse) => void]>([
    ['escape sequences', withVersion('99.0.0\u001b[31m')],
    ['a prerelease', withVersion('99.0.0-rc.1')],
    ['a version that is not text', withVersion({ length: 5 })],
    ['no version', (to) => void to.end('{}')],
    ['null', (to) => void to.end('null')],
    ['text that is not JSON', (to) => void to.end('<html>99.0.0</html>')],
    ['a refusal', (to) => void to.writeHead(401).end('{"version":"99.0.0"}')],
    ['a redirect to itself', (to) => void to.writeHead(302, { location: '/npm/nofx/latest' }).end()],
    ['a cut connection', (to) => void to.destroy()],
    ['a body without an end', flood],
  ])('keeps what the file has after %s', async (_name, answer) => {
    expect(await answerOf((await registry(answer)).url)).toBe('0.1.1\n')
  })

  test('keeps it without npm, and with a registry that is not an address', async () => {
    expect(await answerOf('not an address')).toBe('0.1.1\n')
    expect(await answerOf('file:///etc/')).toBe('0.1.1\n')
    expect(await answerOf('http://127.0.0.1:9/', { env: { PATH: '/nowhere' } })).toBe('0.1.1\n')
  })
})

/** Sends as much as the other end reads. */
function flood(to: ServerResponse): void {
  const megabyte = Buffer.alloc(1 << 20, 'a')
  const send = () => {
    while (!to.destroyed && to.write(megabyte));
  }
  to.on('drain', send)
  to.write('{"version":"99.0.0","readme":"')
  send()
}
