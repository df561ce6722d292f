import { checkRange } from '../../../core/contract/fields/semver.ts'
import type { Finding } from '../../../core/diagnostic.ts'
import { report } from '../rules.ts'
import type { TemplateDefinition } from '../schema.ts'

const WORKER = ['compatibility', 'worker']

/** Rules on which workers can run a template, and on how it goes away. */
export function checkLifecycle(item: TemplateDefinition, findings: Finding[]): void {
  const { compatibility, deprecation, status } = item.manifest
  const file = item.manifestPath
  if (compatibility?.worker !== undefined) checkRange(compatibility.worker, file, WORKER, findings)
  if (status === 'deprecated' && deprecation === undefined)
    findings.push(
      report(
        'NOFX_DEPRECATION_MISSING',
        { file, pointer: ['status'] },
        'status is "deprecated", but nothing says why',
        'add "deprecation" with a message, and "replacedBy" when another template takes over',
      ),
    )
  if (deprecation?.replacedBy === item.id)
    findings.push(
      report(
        'NOFX_DEPRECATION_SELF',
        { file, pointer: ['deprecation', 'replacedBy'] },
        `deprecation.replacedBy names ${item.id} itself`,
        'name the template that takes over, or remove it',
      ),
    )
}
