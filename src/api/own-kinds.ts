import type { Kind } from '../contract/kind.ts'
import { agents } from '../plugins/agents/kind.ts'
import { servers } from '../plugins/servers/kind.ts'
import { skills } from '../plugins/skills/kind.ts'
import { templates } from '../plugins/templates/kind.ts'

/** The kinds that the API serves without any plugin. */
export const OWN_KINDS: readonly Kind[] = [servers, agents, skills, templates]
