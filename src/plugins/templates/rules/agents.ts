import type { Finding, Pointer } from '../../../contract/diagnostic.ts'
import { splitReference } from '../../../contract/fields/definition-reference.ts'
import { duplicates } from '../../../contract/fields/duplicates.ts'
import { checkRange } from '../../../contract/fields/semver.ts'
import { dotted, quoted } from '../../../contract/fields/shown.ts'
import type { Surroundings } from '../../../contract/kind.ts'
import { nearest } from '../../../contract/text/nearest.ts'
import type { PlanView } from '../manifest/plan-view.ts'
import { makeFinding } from './catalogue.ts'

/** Checks the agents of a template. The core checks whether they exist, fit their range and provide the skills. */
export function checkAgents(plan: PlanView, surroundings: Surroundings, findings: Finding[]): void {
  const { supportedAgents } = plan.definition.manifest
  // Without the field, another rule reports the template, or it is a draft whose author has not chosen agents yet.
  if (!supportedAgents?.length) return
  const agents = supportedAgents.map(splitReference)
  const ids = agents.map(({ id }) => id)
  checkList(agents, ids, plan.definition.manifestPath, findings)
  if (plan.steps.length === 0) return
  const agentIds = new Set<string>()
  const skills = new Set<string>()
  for (const [index, { agentId, skill, rollback }] of plan.steps.entries()) {
    if (agentId !== undefined) agentIds.add(agentId)
    else if (skill !== undefined) skills.add(skill)
    if (rollback?.agentId !== undefined) agentIds.add(rollback.agentId)
    else if (rollback?.skill !== undefined) skills.add(rollback.skill)
    if (agentId !== undefined && !ids.includes(agentId))
      findings.push(unsupported(plan, agentId, [...plan.at, index, 'agentId'], ids))
    if (rollback?.agentId !== undefined && !ids.includes(rollback.agentId))
      findings.push(unsupported(plan, rollback.agentId, [...plan.at, index, 'rollback', 'agentId'], ids))
  }
  for (const [index, id] of ids.entries())
    if (!agentIds.has(id) && !mayOffer(id, skills, surroundings) && ids.indexOf(id) === index)
      findings.push(unused(plan.definition.manifestPath, id, index, skills))
}

function checkList(
  agents: readonly { id: string; range?: string }[],
  ids: readonly string[],
  file: string,
  findings: Finding[],
): void {
  for (const [index, { range }] of agents.entries())
    if (range !== undefined) checkRange(range, file, ['supportedAgents', index], findings)
  for (const { index, first } of duplicates(ids))
    findings.push(
      makeFinding(
        'NOFX_AGENT_DUPLICATE',
        { file, pointer: ['supportedAgents', index] },
        `supportedAgents[${index}] ${quoted(ids[index] as string)} repeats supportedAgents[${first}]`,
        'remove one of them',
      ),
    )
}

function unsupported({ file }: PlanView, agentId: string, pointer: Pointer, ids: readonly string[]): Finding {
  const near = nearest(agentId, ids)
  return makeFinding(
    'NOFX_AGENT_UNSUPPORTED',
    { file, pointer },
    `${dotted(pointer)} ${quoted(agentId)} is not one of supportedAgents`,
    near
      ? `write ${quoted(near)}, or add ${quoted(agentId)} there`
      : `add ${quoted(agentId)} to supportedAgents`,
  )
}

/** An agent that is not known here may provide any skill. */
function mayOffer(id: string, skills: ReadonlySet<string>, surroundings: Surroundings): boolean {
  if (skills.size === 0) return false
  const provides = surroundings.find('agents', id)?.provides
  return provides === undefined || provides.some((skill) => skills.has(skill))
}

function unused(file: string, id: string, index: number, skills: ReadonlySet<string>): Finding {
  return makeFinding(
    'NOFX_AGENT_UNUSED',
    { file, pointer: ['supportedAgents', index] },
    `no step names ${id}${skills.size > 0 ? ' or a skill that it offers' : ''}`,
    'remove it from supportedAgents, or give it a step',
  )
}
