import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage } from 'node:http'
import { join, resolve } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { type Command, type Ran, runResident } from '../harness/resident-cli.ts'

const BIN = resolve('bin/run.js')

/**
 * Runs the `nofx` commands of a page. The page's `nofx` is a script without Node.js, because starting a process would
 * take longer than most commands.
 */
export interface CommandServer {
  /** Also ends the processes that were started. */
  close: () => Promise<void>
}

/** Serves `POST /run` and `POST /start` on `<home>/socket`; the answer is a folder with stdout, stderr and exit. */
export async function serveCommands(home: string): Promise<CommandServer> {
  const endings: (() => Promise<unknown>)[] = []
  const server = createServer(async (request, response) => {
    try {
      const command = await readCommand(request)
      const ran = request.url === '/run' ? await runResident(command) : await start(command, home, endings)
      response.end(keep(ran, home))
    } catch (error) {
      response.writeHead(500).end(String(error))
    }
  })
  server.listen(join(home, 'socket'))
  await once(server, 'listening')
  const close = async () => {
    await Promise.all(endings.map((end) => end()))
    server.close()
  }
  return { close }
}

/** Parses texts that end with NUL: the folder, the number of arguments, the arguments, the environment. */
async function readCommand(request: IncomingMessage): Promise<Command> {
  const [cwd = '', count = '0', ...rest] = (await buffer(request)).toString().split('\0')
  const env = rest.slice(Number(count)).flatMap((entry) => {
    const at = entry.indexOf('=')
    return at > 0 ? [[entry.slice(0, at), entry.slice(at + 1)]] : []
  })
  return { cwd, args: rest.slice(0, Number(count)), env: Object.fromEntries(env) }
}

function keep({ stdout, stderr, exit }: Ran, home: string): string {
  const folder = mkdtempSync(join(home, 'ran-'))
  for (const [name, text] of Object.entries({ stdout, stderr, exit }))
    writeFileSync(join(folder, name), `${text}`)
  return folder
}

/** Starts `nofx dev` on a free port, records the port, and answers once the server and its seed are ready. */
async function start(
  { args, cwd, env }: Command,
  home: string,
  endings: (() => Promise<unknown>)[],
): Promise<Ran> {
  const child = spawn(process.execPath, [BIN, ...args, '--port', '0'], { cwd, env })
  const ended = once(child, 'close')
  endings.push(() => {
    child.kill('SIGTERM')
    return ended
  })
  const ready = args.includes('--seed') ? /^seed: /m : /nofx dev http/
  const output = await new Promise<string>((done) => {
    let text = ''
    const take = (chunk: Buffer) => {
      text += chunk
      if (ready.test(text) && /nofx dev http/.test(text)) done(text)
    }
    child.stdout.on('data', take)
    child.stderr.on('data', take)
    ended.then(() => done(text))
  })
  const port = /nofx dev http:\S+:(\d+)/.exec(output)?.[1]
  if (port) writeFileSync(join(home, 'port'), port)
  return { stdout: output, stderr: '', exit: port ? 0 : (child.exitCode ?? 128) }
}
