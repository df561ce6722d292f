import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openedDatabase } from '../harness/cloud-database.ts'
import { serveCommands } from './command-server.ts'
import { missingLine } from './output.ts'
import { makePageFolder } from './page-folder.ts'
import type { Start } from './pages.ts'
import type { Step } from './steps.ts'

/** Exit status of the script for a step whose result differs from the page. */
const SURPRISED = 98
/** Exit statuses of a wrong command line, a bug, a failed test program, and a missing program. */
const WRONG = new Set([2, 70, 97, 127])

/** The folder and the environment in which a page is followed. */
interface Place {
  project: string
  env: NodeJS.ProcessEnv
}

/**
 * Follows a page in a new folder with its own registry, in one shell, until a result differs.
 * @returns the difference, with the page's line and the output; undefined if all results agree
 */
export async function runSteps(steps: readonly Step[], start: Start): Promise<string | undefined> {
  const database = await openedDatabase()
  const folder = makePageFolder(start, database.url)
  const server = await serveCommands(folder.home)
  try {
    const prepared = await bash(folder.prepare, folder)
    if (prepared.status !== 0) return `the folder cannot be made: ${prepared.output}`
    return await runIn(steps, folder)
  } finally {
    await server.close()
    await database.drop()
    rmSync(folder.home, { recursive: true, force: true })
  }
}

/** What a step printed, and how many milliseconds after the first step's start it ended. */
export type Watch = (step: Step, output: string, endedMs: number) => void

/** The same in an existing place. `watch` gets every step, once all have ended as they should. */
export async function runIn(
  steps: readonly Step[],
  place: Place,
  watch?: Watch,
): Promise<string | undefined> {
  const kept = mkdtempSync(join(tmpdir(), 'nofx-kept-'))
  const started = Date.now()
  try {
    const { status, output } = await bash(scriptOf(steps, kept), place)
    const surprise = surpriseIn(steps, kept)
    if (surprise === undefined)
      for (const [index, step] of steps.entries()) {
        const file = join(kept, String(index))
        watch?.(step, readFileSync(`${file}.out`, 'utf8'), statSync(`${file}.exit`).mtimeMs - started)
      }
    return surprise ?? (status === 0 ? undefined : `the page's shell ended with ${status}: ${output}`)
  } finally {
    rmSync(kept, { recursive: true })
  }
}

/**
 * One shell for all steps, so that folders and variables carry over; the output and the status of each step are
 * stored separately.
 */
function scriptOf(steps: readonly Step[], kept: string): string {
  const parts = steps.map((step, index) => {
    const file = join(kept, String(index))
    if (step.does === 'write') writeFileSync(`${file}.text`, step.text)
    const isFine =
      expected(step) === 'any'
        ? `case $docs_status in ${[...WRONG].join('|')}) false;; esac`
        : `[ $docs_status = ${expected(step)} ]`
    return `{ ${commandOf(step, file)}
} > '${file}.out' 2>&1 < /dev/null
docs_status=$?; echo $docs_status > '${file}.exit'; ${isFine} || exit ${SURPRISED}`
  })
  return parts.join('\n')
}

const expected = (step: Step) => (step.does === 'run' ? step.exit : 0)

function commandOf(step: Step, file: string): string {
  if (step.does === 'run') return step.command
  if (step.does === 'start') return step.command.replace(/^(npx )?nofx /, 'docs-start ')
  return `mkdir -p "$(dirname '${step.path}')" && cp '${file}.text' '${step.path}'`
}

function surpriseIn(steps: readonly Step[], kept: string): string | undefined {
  for (const [index, step] of steps.entries()) {
    const file = join(kept, String(index))
    const what = step.does === 'write' ? `write ${step.path}` : step.command
    if (!existsSync(`${file}.exit`)) return `line ${step.line}: ${what}\nwas not reached`
    const exit = Number(readFileSync(`${file}.exit`, 'utf8'))
    const output = readFileSync(`${file}.out`, 'utf8')
    const isFine = expected(step) === 'any' ? !WRONG.has(exit) : exit === expected(step)
    if (!isFine) return `line ${step.line}: ${what}\nexit ${exit}, not ${expected(step)}:\n${output}`
    const missing = step.does === 'run' && step.shown ? missingLine(step.shown, output) : undefined
    if (missing !== undefined)
      return `line ${step.line}: ${what}\ndoes not print: ${missing}\nbut:\n${output}`
  }
  return undefined
}

async function bash(script: string, { project, env }: Place) {
  const child = spawn('bash', [], { cwd: project, env })
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => {
      output += chunk
    })
  child.stdin.end(`${script}\n`)
  const [status] = await once(child, 'close')
  return { status: status as number | null, output }
}
