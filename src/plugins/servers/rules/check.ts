import type { Finding } from '../../../contract/diagnostic.ts'
import { checkIdentity } from '../../../contract/fields/identity.ts'
import { checkLifecycle } from '../../../contract/fields/lifecycle-rules.ts'
import { OWN_KEY, OWN_PLACE } from '../manifest/own-values.ts'
import { ownValuesOf, type ServerDefinition } from '../manifest/schema.ts'
import { makeFinding } from './catalogue.ts'
import { checkPackage } from './packages.ts'
import { checkRemote } from './remotes.ts'

/** Applies every rule for servers beyond the shape, in the order of the manifest's fields. */
export function checkServerDefinition(definition: ServerDefinition): Finding[] {
  const { manifest, manifestPath: file } = definition
  const { packages = [], remotes = [] } = manifest
  const findings: Finding[] = []
  const draft = ownValuesOf(manifest).status === 'draft'
  for (const [index, one] of packages.entries())
    checkPackage(one, { file, at: ['packages', index], draft }, findings)
  for (const [index, one] of remotes.entries())
    checkRemote(one, { file, at: ['remotes', index], draft }, findings)
  if (packages.length + remotes.length === 0)
    findings.push(
      makeFinding(
        'NOFX_SERVER_NOWHERE',
        { file, pointer: ['name'] },
        `${manifest.name} has no package and no remote, so that no client can use it`,
        'add "packages" or "remotes"',
      ),
    )
  checkOwnValues(definition, findings)
  return findings
}

/** The rules that every kind has for owner, tags, license and life cycle; their places are inside of the own values. */
function checkOwnValues(definition: ServerDefinition, findings: Finding[]): void {
  const { manifest, manifestPath: file } = definition
  const own = ownValuesOf(manifest)
  const ownFindings: Finding[] = []
  checkIdentity({ ...own, description: '' }, file, ownFindings)
  checkLifecycle({ ...definition, manifest: own }, 'server', ownFindings)
  const place = presentPlace(manifest._meta)
  for (const { hint, ...finding } of ownFindings)
    findings.push({
      ...finding,
      pointer: [...place, ...(finding.pointer ?? [])],
      hint: place.length === OWN_PLACE.length ? hint : `${hint}, inside of "_meta": {"${OWN_KEY}": {…}}`,
    })
}

/** The part of the own values' place that the file has, so that a finding points at something. */
function presentPlace(meta: ServerDefinition['manifest']['_meta']): readonly string[] {
  if (meta === undefined) return []
  return meta[OWN_KEY] === undefined ? OWN_PLACE.slice(0, 1) : OWN_PLACE
}
