import { agents } from '../../src/plugins/agents/kind.ts'
import { servers } from '../../src/plugins/servers/kind.ts'
import { skills } from '../../src/plugins/skills/kind.ts'
import { templates } from '../../src/plugins/templates/kind.ts'
import { describeKind } from './kind-conformance.ts'
import { outsideKind } from './outside-kind.ts'
import { agentSamples } from './samples/agents.ts'
import { playbookSamples } from './samples/playbooks.ts'
import { serverSamples } from './samples/servers.ts'
import { skillSamples } from './samples/skills.ts'
import { templateSamples } from './samples/templates.ts'

describeKind('agents', async () => agents, agentSamples)
describeKind('skills', async () => skills, skillSamples)
describeKind('servers', async () => servers, serverSamples)
describeKind('templates', async () => templates, templateSamples)
describeKind('playbooks', () => outsideKind('nofx-kind-playbooks'), playbookSamples)
