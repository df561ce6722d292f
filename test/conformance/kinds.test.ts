import { agents } from '../../src/plugins/agents/kind.ts'
import { describeKind } from './kind-conformance.ts'
import { outsideKind } from './outside-kind.ts'
import { agentSamples } from './samples/agents.ts'
import { playbookSamples } from './samples/playbooks.ts'

describeKind('agents', async () => agents, agentSamples)
describeKind('playbooks', () => outsideKind('nofx-kind-playbooks'), playbookSamples)
