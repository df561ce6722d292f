import type { Route } from '../route.ts'
import {
  refuseRegistryDelete,
  refuseRegistryEdit,
  refuseRegistryPublish,
  refuseRegistryStatus,
} from './mcp-registry/refuse-writes.ts'

/** What existing clients fetch by protocols of their own, one folder for each protocol. */
export const DISCOVERY: readonly Route[] = [
  refuseRegistryPublish,
  refuseRegistryEdit,
  refuseRegistryDelete,
  refuseRegistryStatus,
]
