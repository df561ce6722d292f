// Everything that the package exports as `nofx/worker`.
export { Failure } from '../contract/failure.ts'
export type {
  Agent,
  AgentAnswer,
  DefinitionAnswer,
  Published,
  Reason,
  Refused,
  Template,
  TemplateAnswer,
} from './agent.ts'
export type { AgentManifest, AgentMcp, McpServer } from './agent-manifest.ts'
export { connectRegistry, type WorkerRegistry } from './connect-registry.ts'
export type { LiveState, WorkerKind } from './connection/definition.ts'
export type { AccessToken, ConnectOptions } from './connection/options.ts'
export type { Pin } from './connection/read-registry.ts'
export type { Staleness } from './definitions/entry.ts'
export type { Change, Changed, Resync } from './feed/changes.ts'
export type { LockedRegistry, PlanLocks } from './lock-plan.ts'
export { type InjectOptions, injectMcp } from './mcp/inject-mcp.ts'
export type { AgentPrompt, AgentPrompts, PromptValues, PromptVariable } from './prompts.ts'
