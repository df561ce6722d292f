import { Failure } from '../../contract/failure.ts'
import { quoteWord } from '../../contract/text/quote-word.ts'
import type { UsedCommand } from './used-command.ts'

/** Commands of a hint that take `--env`, each up to its end. */
const IN_PREVIEW =
  /nofx (?:registry (?:publish|list|history|undelete|diff|pull|releases(?! show)|show|status|rollback|promote|disable|enable)|templates instantiate|reports (?:list|show))(?![\w-])(?:"[^"]*"|'[^']*'|[^,;)"'\n])*/g

/** Adds `--env` to the commands of a hint when the command was about a preview: production is another registry. */
export function stayInPreview(failure: Failure, { argv }: UsedCommand): Failure {
  const { code, message, hint, at, detail, cause } = failure
  const name = previewIn(argv)
  if (name === undefined || !hint) return failure
  const whole = hint.replaceAll(IN_PREVIEW, (command) =>
    /--(?:env|help)\b/.test(command) ? command : `${command.trimEnd()} --env ${quoteWord(name)}`,
  )
  return whole === hint ? failure : new Failure(code, message, whole, { at, detail, cause })
}

function previewIn(argv: readonly string[]): string | undefined {
  const at = argv.findIndex((word) => /^--env(?:=|$)/.test(word))
  return argv[at]?.startsWith('--env=') ? argv[at].slice('--env='.length) : argv[at + 1 || argv.length]
}
