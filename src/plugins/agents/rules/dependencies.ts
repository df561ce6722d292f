import type { Finding } from '../../../contract/diagnostic.ts'
import { splitReference } from '../../../contract/fields/definition-reference.ts'
import { duplicates } from '../../../contract/fields/duplicates.ts'
import { checkRange } from '../../../contract/fields/semver.ts'
import { quoted } from '../../../contract/fields/shown.ts'
import type { AgentDefinition } from '../manifest/schema.ts'
import { makeFinding } from './catalogue.ts'
import { isFixedVersion } from './fixed-version.ts'

/** Checks what an agent requires. The core checks by `references` whether the required definitions exist and fit. */
export function checkDependencies(definition: AgentDefinition, draft: boolean, findings: Finding[]): void {
  const { dependencies } = definition.manifest
  if (dependencies === undefined) return
  const file = definition.manifestPath
  for (const field of ['agents', 'skills'] as const) {
    const references = (dependencies[field] ?? []).map(splitReference)
    references.forEach(({ range }, index) => {
      if (range !== undefined) checkRange(range, file, ['dependencies', field, index], findings)
    })
    const ids = references.map(({ id }) => id)
    repeated(file, field, ids, findings)
  }
  repeated(file, 'packages', dependencies.packages ?? [], findings)
  if (!draft) checkPackages(file, dependencies.packages ?? [], findings)
}

function checkPackages(file: string, packages: readonly string[], findings: Finding[]): void {
  packages.forEach((spec, index) => {
    if (isExact(spec)) return
    findings.push(
      makeFinding(
        'NOFX_DEPENDENCY_UNPINNED',
        { file, pointer: ['dependencies', 'packages', index] },
        `dependencies.packages[${index}] ${quoted(spec)} is not one exact version`,
        'name an exact version, such as "npm:zod@4.1.0"',
      ),
    )
  })
}

/** True for `npm:name@1.2.3`, `pypi:name==1.2.3`, `docker:name:1.2.3`; without a prefix, for any of these forms. */
function isExact(spec: string): boolean {
  const [, prefix, name = spec] = /^(npm|pypi|docker|oci):(.+)$/.exec(spec) ?? []
  if (prefix === 'npm') return isFixedVersion('npm', name)
  if (prefix === 'pypi') return isFixedVersion('pypi', name)
  if (prefix !== undefined) return isFixedVersion('image', name)
  return isFixedVersion('npm', name) || isFixedVersion('pypi', name) || isFixedVersion('image', name)
}

function repeated(
  file: string,
  field: 'agents' | 'skills' | 'packages',
  values: readonly string[],
  findings: Finding[],
): void {
  for (const { index, first } of duplicates(values))
    findings.push(
      makeFinding(
        'NOFX_DEPENDENCY_DUPLICATE',
        { file, pointer: ['dependencies', field, index] },
        `dependencies.${field}[${index}] ${quoted(values[index] as string)} repeats dependencies.${field}[${first}]`,
        'remove one of them',
      ),
    )
}
