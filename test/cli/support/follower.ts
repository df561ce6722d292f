import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect } from 'vitest'
import { agentFiles, type TestProject } from '../../harness/project.ts'
import { runInSmallShell } from '../../harness/small-shell.ts'
import { inTerminal } from './terminal.ts'

/** Programs in front of the others of PATH. A command of NOFX is split into words by the shell, and then run by the test. */
const PROGRAMS = {
  nofx: `for word; do printf '%s\\0' "$word" >> "$TYPED_WORDS"; done; printf '\\1' >> "$TYPED_WORDS"`,
  npx: `[ "$1" = nofx ] || exit 127; shift; exec nofx "$@"`,
  editor: `printf 'A change.\\n' > "$1"`,
}
const NOBODY = { NAME: 'Ada', EMAIL: 'ada@example.com' }

/** What a line that was typed did. */
export interface Typed {
  exit: number
  text: string
}

/** A `nofx dev` that runs, and what it printed. */
export interface Served {
  exit: number
  shown: string
  end: () => Promise<void>
}

/** A person in a project, who types what is on the screen. */
export class Follower {
  readonly project: TestProject
  private readonly env: Record<string, string>
  private readonly cwd: string
  private readonly programs: string

  constructor(project: TestProject, env: Record<string, string> = {}, cwd = '.', programs = placePrograms()) {
    this.project = project
    this.env = { ...env }
    this.cwd = cwd
    this.programs = programs
  }

  /** The same person with more in the environment, or in another folder. */
  as(env: Record<string, string>, cwd = this.cwd): Follower {
    return new Follower(this.project, { ...this.env, ...env }, cwd, this.programs)
  }

  /** Sets variables from here on. */
  sets(variables: Record<string, string>): void {
    Object.assign(this.env, variables)
  }

  get variables(): Record<string, string> {
    return this.outside()
  }

  get folder(): string {
    return join(this.project.root, this.cwd)
  }

  /** Types a line into a shell. Every command of NOFX in it runs as the shell would start it. */
  async type(line: string): Promise<Typed> {
    const [, variable] = /^unset (\w+)$/.exec(line) ?? []
    if (variable !== undefined) delete this.env[variable]
    if (line.startsWith('export ')) return this.exports(line)
    const words = join(this.programs, 'words')
    rmSync(words, { force: true })
    const { exit, text } = this.shell(line, words)
    if (exit !== 0 || !existsSync(words)) return { exit, text }
    const commands = readFileSync(words, 'utf8').split('\x01').slice(0, -1)
    const texts = [text]
    for (const command of commands) {
      const ran = await this.run(command.split('\0').slice(0, -1))
      texts.push(ran.text)
      if (ran.exit !== 0) return { exit: ran.exit, text: texts.join('\n') }
    }
    return { exit: 0, text: texts.join('\n') }
  }

  private async run(command: string[]): Promise<Typed> {
    if (command[0] === 'dev') {
      const { exit, shown, end } = await this.serve(command)
      await end()
      return { exit, text: shown }
    }
    const { exit, stdout, stderr } = await this.project.runWith(
      { cwd: this.cwd, env: this.outside() },
      ...command,
    )
    return { exit, text: `${stdout}\n${stderr}` }
  }

  /** Runs `nofx dev` until `end`; on a free port, because tests run at the same time. */
  async serve(command: readonly string[]): Promise<Served> {
    const env = { ...process.env, ...this.project.env, ...this.outside() }
    const words = [resolve('bin/run.js'), ...command, '--port', '0']
    const child = spawn(process.execPath, words, { cwd: this.folder, env })
    const ended = once(child, 'exit').then(([code]) => Number(code ?? 128))
    let shown = ''
    const ready = new Promise<number>((done) => {
      for (const stream of [child.stdout, child.stderr])
        stream.on('data', (chunk) => {
          shown += chunk
          if (shown.includes('Ctrl-C ends it.')) done(0)
        })
    })
    const exit = await Promise.race([ready, ended])
    const end = async () => {
      child.kill('SIGTERM')
      await ended
    }
    return { exit, shown, end }
  }

  /** A line that sets variables of this shell. */
  private exports(line: string): Typed {
    const names = [...line.matchAll(/ ([A-Z_]+)=/g)].map(([, name = '']) => name)
    const typed = this.shell(`${line} && printf '%s\\n' ${names.map((name) => `"$${name}"`).join(' ')}`, '')
    const values = typed.text.split('\n')
    this.sets(Object.fromEntries(names.map((name, at) => [name, values[at] ?? ''])))
    return typed
  }

  /** Types a line that works. @returns what it prints */
  async does(line: string): Promise<string> {
    const { exit, text } = await this.type(line)
    expect({ line, exit, text: exit === 0 ? '' : text }).toEqual({ line, exit: 0, text: '' })
    return text
  }

  /** Types a line that is refused. @returns what it prints */
  async fails(line: string): Promise<string> {
    const { exit, text } = await this.type(line)
    expect({ line, failed: exit !== 0, text: exit === 0 ? text : '' }).toEqual({
      line,
      failed: true,
      text: '',
    })
    return text
  }

  /** What a terminal shows when a command of NOFX runs in it, which a person may answer. */
  onScreen(words: string, answers: readonly (readonly [string, string])[] = []): Promise<string> {
    const env = { ...process.env, ...this.project.env, ...this.outside() }
    return inTerminal(`'${process.execPath}' '${resolve('bin/run.js')}' ${words}`, {
      cwd: this.folder,
      env,
      columns: 120,
      answers,
    })
  }

  /** Everything but what the project sets. */
  private outside(): Record<string, string> {
    return { HOME: this.programs, ...this.env }
  }

  write(files: Record<string, string | object>): this {
    const paths = Object.entries(files).map(([path, content]) => [join(this.cwd, path), content])
    this.project.write(Object.fromEntries(paths))
    return this
  }

  /** Writes an agent, commits it and publishes it, once for each text. */
  async publishes(id: string, ...texts: string[]): Promise<void> {
    for (const text of texts) {
      this.project.write(agentFiles(id, {}, text)).commit()
      await this.does(`nofx registry publish agents/${id}`)
    }
  }

  /** Ends what the person left behind. */
  leave(): void {
    rmSync(this.programs, { recursive: true, force: true })
  }

  private shell(line: string, words: string): Typed {
    const { PATH = '', ...others } = process.env
    const identity = ['AUTHOR', 'COMMITTER'].flatMap((role) =>
      Object.entries(NOBODY).map(([key, value]) => [`GIT_${role}_${key}`, value]),
    )
    const env = {
      ...others,
      ...Object.fromEntries(identity),
      GIT_EDITOR: join(this.programs, 'editor'),
      TYPED_WORDS: words,
      ...this.outside(),
      PATH: `${this.programs}:${PATH}`,
    }
    const { exit, stdout, stderr } = runInSmallShell(line, this.folder, env)
    return { exit, text: `${stdout}\n${stderr}` }
  }
}

function placePrograms(): string {
  const folder = mkdtempSync(join(tmpdir(), 'nofx-follower-'))
  mkdirSync(folder, { recursive: true })
  for (const [name, text] of Object.entries(PROGRAMS))
    writeFileSync(join(folder, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 })
  return folder
}
