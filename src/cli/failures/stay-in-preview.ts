import type { Failure } from '../../contract/failure.ts'
import { keepFailureInPreview } from '../../contract/text/keep-in-preview.ts'
import type { UsedCommand } from './used-command.ts'

/** Keeps the commands of a hint in the preview that the command was about. */
export function stayInPreview(failure: Failure, { argv }: UsedCommand): Failure {
  return keepFailureInPreview(failure, previewIn(argv))
}

function previewIn(argv: readonly string[]): string | undefined {
  const at = argv.findIndex((word) => /^--env(?:=|$)/.test(word))
  return argv[at]?.startsWith('--env=') ? argv[at].slice('--env='.length) : argv[at + 1 || argv.length]
}
