import { findingMaker, type RuleCatalogue } from '../../../contract/diagnostic.ts'
import { FIELD_RULES } from '../../../contract/fields/rules.ts'
import { FORM_RULES } from '../manifest/form-rules.ts'
import { SHARED_MCP_RULES } from './shared-mcp-rules.ts'

/** Every rule of the kind `agents` beyond its shape, by stable id. */
export const AGENT_RULES = {
  ...FIELD_RULES,
  ...FORM_RULES,
  NOFX_SKILL_MISSING: { severity: 'error', summary: 'Everything but a draft offers at least one skill.' },
  NOFX_SKILL_DUPLICATE: { severity: 'error', summary: 'Skill ids are unique in an agent, ignoring case.' },
  NOFX_PROMPT_SYSTEM_MISSING: { severity: 'error', summary: 'Prompts include "system".' },
  NOFX_PROMPT_ROLE: { severity: 'error', summary: 'The prompt "system" has the role "system".' },
  NOFX_PROMPT_ASSET: { severity: 'error', summary: 'A prompt is a text file outside assets/.' },
  NOFX_PROMPT_VARIABLE_UNDECLARED: {
    severity: 'error',
    summary: 'Every {{variable}} of a prompt is declared.',
  },
  NOFX_PROMPT_VARIABLE_NAME: {
    severity: 'warning',
    summary: 'A name between double braces has no hyphen.',
  },
  NOFX_PROMPT_VARIABLE_DUPLICATE: { severity: 'error', summary: 'A prompt declares each variable once.' },
  NOFX_PROMPT_VARIABLE_UNUSED: {
    severity: 'warning',
    summary: 'Every declared variable is used in its prompt.',
  },
  NOFX_MCP_FILE_UNNAMED: {
    severity: 'error',
    summary: 'An mcp.json in the folder is named by the manifest.',
  },
  ...SHARED_MCP_RULES,
  NOFX_MCP_URL_DUPLICATE: { severity: 'error', summary: 'An agent names each url once.' },
  NOFX_MCP_VALUE_LITERAL: {
    severity: 'error',
    summary: `Headers and environment values are "\${NAME}" and nothing else.`,
  },
  NOFX_MCP_SECRET_UNDECLARED: {
    severity: 'error',
    summary: `Every \${NAME} that a server is given is listed in permissions.secrets.`,
  },
  NOFX_MCP_PLACEHOLDER: {
    severity: 'error',
    summary: `An argument refers to nothing but "\${NAME}" of a secret.`,
  },
  NOFX_MCP_PATH_HOME: {
    severity: 'warning',
    summary: 'A command names no path in the home folder of a person.',
  },
  NOFX_MCP_FROM_VERSION: {
    severity: 'warning',
    summary: 'An entry is made from the version of its server that is published.',
  },
  NOFX_MCP_TOOL_DUPLICATE: { severity: 'error', summary: 'allowedTools names each tool once.' },
  NOFX_MCP_TOOL_ANY: { severity: 'warning', summary: 'allowedTools should name tools instead of "*".' },
  NOFX_PERMISSION_HOST_MISSING: {
    severity: 'error',
    summary: 'permissions.hosts covers the hosts of the MCP servers.',
  },
  NOFX_PERMISSION_HOST_PRIVATE: {
    severity: 'warning',
    summary: 'permissions.hosts should name public hosts.',
  },
  NOFX_PERMISSION_NETWORK: {
    severity: 'warning',
    summary: 'An agent with hosts should have "network": true.',
  },
  NOFX_PERMISSION_DUPLICATE: {
    severity: 'error',
    summary: 'permissions names each host and each secret once.',
  },
  NOFX_DEPENDENCY_DUPLICATE: { severity: 'error', summary: 'Each dependency is named once.' },
  NOFX_DEPENDENCY_UNPINNED: {
    severity: 'error',
    summary: 'dependencies.packages have exact versions, unless the agent is a draft.',
  },
} as const satisfies RuleCatalogue

/** Creates findings of this catalogue. */
export const makeFinding = findingMaker(AGENT_RULES)
