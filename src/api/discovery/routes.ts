import type { Route } from '../route.ts'
import { downloadSkill, listSkills, showSkill } from './agent-skills/skill-index.ts'
import { downloadPlugin, showMarketplace } from './claude-marketplace/marketplace.ts'
import { listRegistryServers } from './mcp-registry/list-servers.ts'
import {
  refuseRegistryDelete,
  refuseRegistryEdit,
  refuseRegistryPublish,
  refuseRegistryStatus,
} from './mcp-registry/refuse-writes.ts'
import { listRegistryVersions, showRegistryVersion } from './mcp-registry/show-server.ts'

/** What existing clients fetch by protocols of their own, one folder for each protocol. */
export const DISCOVERY: readonly Route[] = [
  listSkills,
  showSkill,
  downloadSkill,
  showMarketplace,
  downloadPlugin,
  listRegistryServers,
  listRegistryVersions,
  showRegistryVersion,
  refuseRegistryPublish,
  refuseRegistryEdit,
  refuseRegistryDelete,
  refuseRegistryStatus,
]
