import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fillIn } from './expressions.ts'
import { type Ended, type Outputs, type Place, ROOT, type Step } from './runner.ts'
import { readLog } from './step-log.ts'

const FILES = ['GITHUB_OUTPUT', 'GITHUB_STEP_SUMMARY', 'GITHUB_ENV', 'GITHUB_PATH']

/** Runs the script of a step with `bash -eo pipefail`, with the files that a runner gives to it. */
export async function runScript(place: Place, step: Step): Promise<Ended> {
  const folder = mkdtempSync(join(place.temp, 'step-'))
  for (const name of FILES) writeFileSync(join(folder, name), '')
  const given = Object.entries(step.env ?? {}).map(([key, value]) => [key, fillIn(value, place.contexts)])
  const env = {
    ...place.env,
    ...Object.fromEntries(FILES.map((name) => [name, join(folder, name)])),
    GITHUB_ACTION_PATH: ROOT,
    GITHUB_WORKSPACE: place.workspace,
    RUNNER_TEMP: place.temp,
    ...Object.fromEntries(given),
  }
  const script = join(folder, 'script.sh')
  writeFileSync(script, fillIn(step.run, place.contexts))
  const cwd = join(place.workspace, fillIn(step['working-directory'] ?? '.', place.contexts))
  const { exit, output } = await bash(script, cwd, env)
  place.say(output, readFileSync(join(folder, 'GITHUB_STEP_SUMMARY'), 'utf8'))
  const outputs = { ...readLog(output).outputs, ...readOutputs(join(folder, 'GITHUB_OUTPUT')) }
  return { ok: exit === 0, outputs }
}

function bash(script: string, cwd: string, env: Record<string, string>) {
  return new Promise<{ exit: number | null; output: string }>((done) => {
    const child = spawn('bash', ['--noprofile', '--norc', '-eo', 'pipefail', script], { cwd, env })
    let output = ''
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text
      })
    child.once('close', (exit) => done({ exit, output }))
  })
}

/** The lines `name=value` of $GITHUB_OUTPUT; the scripts write no values of several lines. */
function readOutputs(file: string): Outputs {
  const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean)
  return Object.fromEntries(
    lines.map((line) => (/^([\w-]+)=(.*)$/.exec(line) ?? ['', 'not an output', line]).slice(1)),
  )
}
