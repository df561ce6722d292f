import { splitReference } from '../../contract/fields/definition-reference.ts'
import { describeIdentity } from '../../contract/fields/describe-identity.ts'
import { resolveResources } from '../../contract/fields/resources.ts'
import type { Description } from '../../contract/kind.ts'
import { parameterNames } from './manifest/declared.ts'
import { readPlan } from './manifest/read-plan.ts'
import type { TemplateDefinition } from './manifest/schema.ts'

/** Maximum number of names in a list: a description has at most a few hundred bytes. */
const NAMES = 12

/**
 * The description of a template for lists. Of parameters it contains only names, because a default may be
 * confidential.
 */
export function describeTemplate(definition: TemplateDefinition): Description {
  const { manifest } = definition
  return {
    ...describeIdentity(manifest),
    provides: [],
    facts: {
      ...(manifest.category === undefined ? {} : { category: manifest.category }),
      steps: readPlan(definition).steps.length,
      agents: (manifest.supportedAgents ?? []).map((agent) => splitReference(agent).id).slice(0, NAMES),
      parameters: parameterNames(manifest).slice(0, NAMES),
      resourceProfile: resolveResources(manifest.resourceProfile),
    },
  }
}
