// Commands that a step may send to GitHub Actions: docs.github.com, "Workflow commands for GitHub Actions".
import { randomUUID } from 'node:crypto'
import { appendFileSync, existsSync, readFileSync } from 'node:fs'

/** GitHub shows ten errors and ten warnings of a step; more would only lengthen the log. */
const MOST_ANNOTATIONS = 50

/** Sets an output of the step. A value is one line, so that it cannot define another output. */
export function setOutput(name, value) {
  appendFileSync(process.env.GITHUB_OUTPUT, `${name}=${oneLine(String(value))}\n`)
}

export function notice(message) {
  say('notice', {}, message)
}

export function warn(message) {
  say('warning', {}, message)
}

export function fail(message) {
  say('error', {}, message)
}

/**
 * Adds annotations at the places of findings. Findings' paths are relative to `folder`, which is relative to the
 * repository.
 */
export function annotate(diagnostics, folder) {
  for (const { path, line, column, severity, rule, message, hint } of diagnostics.slice(0, MOST_ANNOTATIONS))
    say(severity, { file: `${folder}${path}`, line, col: column, title: rule }, `${message}\nhint: ${hint}`)
  const rest = diagnostics.length - MOST_ANNOTATIONS
  if (rest > 0) notice(`${rest} more findings are not marked; run nofx validate to see them`)
}

/**
 * Prints untrusted text. GitHub reads commands in everything that a step prints, so commands are stopped until a
 * random word that the text cannot contain.
 */
export function printUntrusted(text) {
  if (!text) return
  const word = randomUUID()
  process.stdout.write(`::stop-commands::${word}\n${text.replace(/\n*$/, '')}\n::${word}::\n`)
}

/** Adds Markdown to the summary page of the run. GitHub accepts 1 MB per step and silently drops more. */
export function addSummary(markdown) {
  const file = process.env.GITHUB_STEP_SUMMARY
  if (file) appendFileSync(file, `${markdown}\n`)
}

/** The payload of the event that started the run. */
export function readEvent() {
  const path = process.env.GITHUB_EVENT_PATH
  return path && existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : {}
}

/** True for a pull request from another repository: its runs have no permission to write. */
export function isFromFork({ pull_request: pull }) {
  return pull !== undefined && pull.head?.repo?.full_name !== process.env.GITHUB_REPOSITORY
}

function say(command, properties, message) {
  const words = Object.entries(properties).map(([name, value]) => `${name}=${property(String(value))}`)
  process.stdout.write(`::${command}${words.length ? ' ' : ''}${words.join()}::${data(message)}\n`)
}

function data(text) {
  return text
    .replace(/[\0-\t\v\f\x0e-\x1f\x7f-\x9f\u2028\u2029]/g, '\ufffd')
    .replace(/%/g, '%25')
    .replace(/\r/g, '%0D')
    .replace(/\n/g, '%0A')
}

function property(text) {
  return data(text).replace(/:/g, '%3A').replace(/,/g, '%2C')
}

function oneLine(text) {
  return text.replace(/[\r\n]+/g, ' ')
}
