// Runs nofx for a step and parses its output.
import { spawnSync } from 'node:child_process'
import { printUntrusted } from './workflow.mjs'

/** Maximum output in bytes: enough for a plan of ten thousand definitions with its diffs. */
const MAX_OUTPUT = 512 * 1024 * 1024

/**
 * Runs `nofx <words> --json`, and prints its other output.
 * @returns {{exit: number, document: object}} the document of `--json`, or one that reports a bug if nofx wrote
 * no document
 */
export function runNofx(words, { cwd = process.cwd(), env = process.env } = {}) {
  const options = { cwd, env, encoding: 'utf8', maxBuffer: MAX_OUTPUT, stdio: ['ignore', 'pipe', 'pipe'] }
  const { status, stdout, stderr, error } = spawnSync(
    process.execPath,
    [process.env.NOFX_BIN, ...words, '--json'],
    options,
  )
  printUntrusted(stderr)
  const document = parse(stdout)
  if (document) return { exit: status ?? 70, document }
  printUntrusted(stdout)
  const message = error ? error.message : `nofx ended with the status ${status} and gave no answer`
  return { exit: status || 70, document: { ok: false, error: { code: 'BUG', message }, diagnostics: [] } }
}

function parse(text) {
  try {
    const document = JSON.parse(text)
    return typeof document?.ok === 'boolean' ? document : undefined
  } catch {
    return undefined
  }
}
