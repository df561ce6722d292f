// The step "Run" of action.yml: one nofx command, with its results shown in GitHub Actions. All inputs come through
// the environment, and no shell parses them.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describeDocument } from './describe.mjs'
import { runNofx } from './nofx.mjs'
import { planOnBase } from './plan-on-base.mjs'
import {
  addSummary,
  annotate,
  fail,
  isFromFork,
  notice,
  printUntrusted,
  readEvent,
  setOutput,
  warn,
} from './workflow.mjs'

/** The most definitions with a warning each: GitHub shows ten annotations of a step. */
const MOST_HELD = 10
/** How often a publish is planned again because another publish was faster. */
const TRIES = 3

const { NOFX_COMMAND, NOFX_ARGS, NOFX_SUPABASE_URL, NOFX_AUDIENCE, NOFX_PREVIEW_NAME, RUNNER_TEMP } =
  process.env
if (NOFX_SUPABASE_URL) process.env.SUPABASE_URL = NOFX_SUPABASE_URL
if (NOFX_AUDIENCE) process.env.NOFX_OIDC_AUDIENCE = NOFX_AUDIENCE

const event = readEvent()
const args = (NOFX_ARGS ?? '').split(/\s+/).filter(Boolean)
/** The project's folder relative to the repository: empty, or ending in `/`. */
const prefix = execFileSync('git', ['rev-parse', '--show-prefix'], { encoding: 'utf8' }).trim()
const folder = mkdtempSync(join(RUNNER_TEMP, 'nofx-'))
const comment = join(folder, 'comment.md')
const told = ['--comment', comment, ...args]

const COMMANDS = {
  validate: () => runNofx(['validate', ...told]),
  plan: () => (hasRegistry() ? runNofx(['registry', 'publish', '--dry-run', ...told]) : onBase()),
  preview: () =>
    isFromFork(event) ? insteadOfPreview() : runNofx(['preview', 'up', previewName(), ...told]),
  'preview-down': () => runNofx(['preview', 'down', previewName(), ...args]),
  'preview-sweep': () => runNofx(['preview', 'sweep', ...args]),
  publish: () => publish(TRIES),
}

try {
  if (!Object.hasOwn(COMMANDS, NOFX_COMMAND))
    throw new Error(`there is no such command; there are: ${Object.keys(COMMANDS).join(', ')}, comment`)
  report(COMMANDS[NOFX_COMMAND]())
} catch (error) {
  fail(error.message)
  process.exitCode = 2
}

function report({ exit, document }) {
  const { ok, error, diagnostics } = document
  const { changed, url, lines, held } = describeDocument(document)
  // The live content is newer and contains everything that this commit has.
  const overtaken = NOFX_COMMAND === 'publish' && error?.code === 'STALE'
  annotate(diagnostics ?? [], prefix)
  printUntrusted(lines.join('\n'))
  reportHeld(held)
  setOutput('ok', ok || overtaken)
  setOutput('changed', changed)
  if (url) setOutput('preview-url', url)
  setOutput('result', keep('result.json', JSON.stringify(document)))
  if (existsSync(comment)) {
    setOutput('comment-file', comment)
    addSummary(readFileSync(comment, 'utf8'))
  }
  if (overtaken) notice(`Nothing to do: ${error.message}`)
  else if (!ok) fail(`${error.code} ${error.message}${error.hint ? `\nhint: ${error.hint}` : ''}`)
  process.exitCode = overtaken ? 0 : exit
}

/** Held content does not fail a job, so it is a warning, and a line of the run's summary. */
function reportHeld(held) {
  if (held.length === 0) return
  for (const sentence of held.slice(0, MOST_HELD)) warn(sentence)
  if (held.length > MOST_HELD) warn(`${held.length - MOST_HELD} more definitions are held`)
  addSummary(`Not published, because the content is held: ${held.length}. See the warnings of this run.`)
}

function keep(name, text) {
  writeFileSync(join(folder, name), text)
  return join(folder, name)
}

function publish(tries) {
  const ran = runNofx(['registry', 'publish', ...args])
  if (tries <= 1 || ran.document.error?.code !== 'CONFLICT') return ran
  notice('Somebody else moved the registry meanwhile; planning anew.')
  return publish(tries - 1)
}

function insteadOfPreview() {
  notice('A pull request of a fork gets no preview: this is what it would change.')
  return onBase()
}

function onBase() {
  return planOnBase({ event, words: told, prefix })
}

/** True if there is a registry and a key for it. */
function hasRegistry() {
  const { SUPABASE_URL, SUPABASE_SECRET_KEY, ACTIONS_ID_TOKEN_REQUEST_URL, NOFX_DATABASE_URL } = process.env
  return Boolean(NOFX_DATABASE_URL || (SUPABASE_URL && (SUPABASE_SECRET_KEY || ACTIONS_ID_TOKEN_REQUEST_URL)))
}

function previewName() {
  const number = event.pull_request?.number
  if (NOFX_PREVIEW_NAME) return NOFX_PREVIEW_NAME
  if (Number.isSafeInteger(number)) return `pr-${number}`
  throw new Error('this event has no pull request: say which preview with "preview-name"')
}
