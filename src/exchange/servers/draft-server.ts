import { type Finding, isError, type Pointer } from '../../contract/diagnostic.ts'
import { dotted } from '../../contract/fields/shown.ts'
import { isObject } from '../../contract/is-object.ts'
import type { JsonObject } from '../../contract/kind.ts'
import { valueAt } from '../../contract/manifest/value-at.ts'
import { OWN_KEY } from '../../plugins/servers/manifest/own-values.ts'
import type { CheckedServerManifest } from '../../plugins/servers/manifest/schema.ts'
import { checkServerDefinition } from '../../plugins/servers/rules/check.ts'
import type { LedgerPage } from '../contract/ledger.ts'
import { ENTRY_ROWS } from './entry-rows.ts'

/** An entry that a rule refuses becomes a draft, so that a person looks at it; the value of a secret is left out. */
export function asDraft(manifest: JsonObject, page: LedgerPage): JsonObject {
  for (const { rule, pointer } of findErrors(manifest))
    if (rule === LITERAL) dropSecret(manifest, pointer, page)
  const [refusal] = findErrors(manifest)
  if (!refusal) return manifest
  page.note({ ...ENTRY_ROWS.draft, reason: `a draft: ${refusal.message}` }, 'status')
  return withOwnValues(manifest, { status: 'draft' })
}

const LITERAL = 'NOFX_SERVER_SECRET_LITERAL'

function findErrors(manifest: JsonObject): Finding[] {
  const definition = {
    kind: 'servers',
    id: '',
    manifestPath: 'server.json',
    // A person gives the owner after the import.
    manifest: withOwnValues(manifest, { owner: 'import' }) as unknown as CheckedServerManifest,
    texts: new Map<string, string>(),
    files: [],
  }
  return checkServerDefinition(definition).filter(isError)
}

function withOwnValues(manifest: JsonObject, values: JsonObject): JsonObject {
  const meta = isObject(manifest._meta) ? manifest._meta : {}
  const stated = isObject(meta[OWN_KEY]) ? meta[OWN_KEY] : {}
  return { ...manifest, _meta: { ...meta, [OWN_KEY]: { ...stated, ...values } } }
}

function dropSecret(manifest: JsonObject, pointer: Pointer = [], page: LedgerPage): void {
  const field = String(pointer.at(-1))
  const input = valueAt(manifest, pointer.slice(0, -1))
  if (!isObject(input)) return
  delete input[field]
  input.isSecret = true
  if (input.type === 'positional') input.valueHint ??= 'secret'
  page.note(ENTRY_ROWS.secret, dotted(pointer))
}
