import { Failure } from '../../contract/failure.ts'
import { keepInPreview } from '../../contract/text/keep-in-preview.ts'
import type { UsedCommand } from './used-command.ts'

/** Keeps the commands of a hint in the preview that the command was about. */
export function stayInPreview(failure: Failure, { argv }: UsedCommand): Failure {
  const { code, message, hint, at, detail, cause } = failure
  const name = previewIn(argv)
  if (!hint) return failure
  const whole = keepInPreview(hint, name)
  return whole === hint ? failure : new Failure(code, message, whole, { at, detail, cause })
}

function previewIn(argv: readonly string[]): string | undefined {
  const at = argv.findIndex((word) => /^--env(?:=|$)/.test(word))
  return argv[at]?.startsWith('--env=') ? argv[at].slice('--env='.length) : argv[at + 1 || argv.length]
}
