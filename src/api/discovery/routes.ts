import type { Route } from '../route.ts'
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
  listRegistryServers,
  listRegistryVersions,
  showRegistryVersion,
  refuseRegistryPublish,
  refuseRegistryEdit,
  refuseRegistryDelete,
  refuseRegistryStatus,
]
