import type { KindSamples } from '../kind-conformance.ts'

const FULL = {
  playbookId: 'database-down',
  name: 'Database down',
  summary: 'The main database does not answer.',
  status: 'active',
  owner: '@acme/oncall',
  steps: [
    { id: 'triage', title: 'See how bad it is', file: 'steps/triage.md', agent: 'log-reader' },
    { id: 'fail-over', title: 'Fail over', file: 'steps/fail-over.md', after: ['triage'] },
    {
      id: 'report',
      title: 'Tell people',
      file: 'steps/report.md',
      agent: 'writer',
      after: ['triage', 'fail-over'],
    },
  ],
}

const FILES = {
  'steps/triage.md': 'Read the logs of the last hour.\n',
  'steps/fail-over.md': 'Promote the replica.\n',
  'steps/report.md': 'Say what happened.\n',
}

function sample(changes: object, files: object = FILES): { id: string; files: Record<string, string> } {
  return {
    id: FULL.playbookId,
    files: { 'playbook.json': `${JSON.stringify({ ...FULL, ...changes }, null, 2)}\n`, ...files },
  }
}

/** Playbooks, the example of an outside kind, for the tests of the contract. */
export const playbookSamples: KindSamples = {
  valid: [sample({})],
  broken: [
    {
      what: 'a step twice',
      ...sample({ steps: [...FULL.steps, { ...FULL.steps[0] }] }),
      breaks: ['PLAYBOOK_STEP_DUPLICATE'],
    },
    {
      what: 'steps in a circle',
      ...sample({ steps: FULL.steps.toReversed() }),
      breaks: ['PLAYBOOK_STEP_ORDER'],
    },
    {
      what: 'an empty step',
      ...sample({}, { ...FILES, 'steps/report.md': ' \n' }),
      breaks: ['PLAYBOOK_STEP_EMPTY'],
    },
    { what: 'no steps', ...sample({ steps: [] }, {}), breaks: ['NOFX_FIELD_INVALID'] },
    {
      what: 'a step without its file',
      ...sample({ steps: FULL.steps.slice(0, 2) }, { 'steps/triage.md': 'x', 'steps/notes.md': 'x' }),
      breaks: ['NOFX_FILE_MISSING', 'NOFX_FILE_UNNAMED'],
    },
  ],
}
