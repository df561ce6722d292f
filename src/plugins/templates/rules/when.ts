import { dotted, quoted } from '../../../contract/fields/shown.ts'
import { parseWhen } from '../manifest/when.ts'
import { makeFinding } from './catalogue.ts'
import { checkPlaceholder } from './placeholders.ts'
import { type TextWalk, toPlace } from './text-walk.ts'

const BARE_WORD = /(==|!=)\s*(?:'([^'"]*)'|([A-Za-z][\w-]*))\s*$/

/** Checks that the walk's current condition can be parsed, names what exists, and reveals nothing about a secret. */
export function checkWhen(walk: TextWalk, when: string): void {
  const placeholder = parseWhen(when)?.placeholder
  if (placeholder === undefined) {
    const message = `${shownPlace(walk)} ${quoted(when)} cannot be read`
    walk.findings.push(makeFinding('NOFX_WHEN_INVALID', toPlace(walk), message, hintFor(when)))
    return
  }
  checkPlaceholder(walk, placeholder)
  if (placeholder.from === 'parameters' && walk.secrets.has(placeholder.name))
    walk.findings.push(
      makeFinding(
        'NOFX_WHEN_SECRET',
        toPlace(walk),
        `${shownPlace(walk)} depends on the secret parameter ${quoted(placeholder.name)}`,
        'let it depend on a parameter of its own that is not secret',
      ),
    )
}

function shownPlace(walk: TextWalk): string {
  return dotted(toPlace(walk).pointer ?? [])
}

function hintFor(when: string): string {
  const [, operator, inQuotes, bare] = BARE_WORD.exec(when) ?? []
  const word = inQuotes ?? bare
  if (word !== undefined) return `compare with a JSON value: ${operator} "${word}"`
  return 'write {{…}}, !{{…}}, {{…}} == "value" or {{…}} != 3'
}
