import { type Finding, findingMaker } from '../diagnostic.ts'
import type { Definition } from '../kind.ts'
import type { Lifecycle } from './lifecycle-risks.ts'
import { FIELD_RULES } from './rules.ts'
import { checkRange } from './semver.ts'

const makeFinding = findingMaker(FIELD_RULES)

const WORKER = ['compatibility', 'worker']

/** Checks the fields about compatible workers, deprecation and the end of a definition. */
export function checkLifecycle(
  definition: Definition<Lifecycle>,
  singular: string,
  findings: Finding[],
): void {
  const { compatibility, deprecation, status } = definition.manifest
  const file = definition.manifestPath
  if (compatibility?.worker !== undefined) checkRange(compatibility.worker, file, WORKER, findings)
  if (status === 'deprecated' && deprecation === undefined)
    findings.push(
      makeFinding(
        'NOFX_DEPRECATION_MISSING',
        { file, pointer: ['status'] },
        'status is "deprecated", but nothing says why',
        `add "deprecation" with a message, and "replacedBy" when another ${singular} takes over`,
      ),
    )
  if (deprecation?.replacedBy === definition.id)
    findings.push(
      makeFinding(
        'NOFX_DEPRECATION_SELF',
        { file, pointer: ['deprecation', 'replacedBy'] },
        `deprecation.replacedBy names ${definition.id} itself`,
        `name the ${singular} that takes over, or remove it`,
      ),
    )
}
