import { Failure } from '../failure.ts'
import { quoteWord } from './quote-word.ts'

/** The commands that take `--env`; `worker run --resume` does not, because a run knows where its plan was made. */
const IN_PREVIEW = [
  'registry (?:publish|list|history|undelete|diff|pull|releases show|releases|show|status|rollback|promote|disable|enable|verify|watch)',
  'templates instantiate',
  'reports (?:list|show)',
  'worker run(?= --plan)',
  'export',
].join('|')
/** Such a command, up to the end of its words. */
const COMMAND = new RegExp(`nofx (?:${IN_PREVIEW})(?![\\w-])(?:"[^"]*"|'[^']*'|[^,;)"'\\n])*`, 'g')

/**
 * Adds `--env` to the commands of a text about a preview: without it they are about production, another registry.
 * @param name the preview; a text about production stays as it is
 */
export function keepInPreview(text: string, name: string | undefined): string {
  if (name === undefined) return text
  return text.replaceAll(COMMAND, (command) =>
    /--(?:env|help)\b/.test(command) ? command : `${command.trimEnd()} --env ${quoteWord(name)}`,
  )
}

/** The same for the hint of a failure; anything else that was thrown stays as it is. */
export function keepFailureInPreview<T>(thrown: T, name: string | undefined): T | Failure {
  if (!(thrown instanceof Failure)) return thrown
  const { code, message, hint, at, detail, check, cause } = thrown
  const whole = keepInPreview(hint, name)
  return whole === hint ? thrown : new Failure(code, message, whole, { at, detail, check, cause })
}
