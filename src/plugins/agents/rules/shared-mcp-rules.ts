import type { RuleCatalogue } from '../../../contract/diagnostic.ts'

/** Rules about MCP servers that hold wherever a server is written: in an agent, and as a definition of its own. */
export const SHARED_MCP_RULES = {
  NOFX_MCP_TRANSPORT_SSE: {
    severity: 'warning',
    summary: 'The transport "sse" is deprecated in favour of "streamable-http".',
  },
  NOFX_MCP_URL_INVALID: {
    severity: 'error',
    summary: 'A server’s url is an absolute URL in its usual spelling.',
  },
  NOFX_MCP_URL_LENGTH: { severity: 'error', summary: 'A server’s url has at most 2048 characters.' },
  NOFX_MCP_URL_SCHEME: { severity: 'error', summary: 'A server’s url begins with https://.' },
  NOFX_MCP_URL_USERINFO: { severity: 'error', summary: 'A server’s url names no user or password.' },
  NOFX_MCP_URL_FRAGMENT: { severity: 'error', summary: 'A server’s url has no fragment.' },
  NOFX_MCP_URL_TOKEN: { severity: 'error', summary: 'A server’s url carries no token in its query.' },
  NOFX_MCP_URL_LOOPBACK: {
    severity: 'error',
    summary: 'A server’s url names the worker’s own machine only in a draft.',
  },
  NOFX_MCP_URL_PRIVATE: {
    severity: 'error',
    summary:
      'A server’s url names a public host, not a private, link-local, shared, metadata or internal one.',
  },
  NOFX_MCP_URL_VARIABLE: {
    severity: 'error',
    summary: 'Every {variable} of a url is declared, and cannot choose the host’s domain.',
  },
  NOFX_MCP_URL_VARIABLE_UNUSED: {
    severity: 'warning',
    summary: 'Every declared variable is used in the url.',
  },
  NOFX_MCP_COMMAND_SHELL: {
    severity: 'error',
    summary: 'A server is started directly, never through a shell.',
  },
  NOFX_MCP_PACKAGE_UNPINNED: {
    severity: 'error',
    summary: 'A package that a command fetches has an exact version, unless the definition is a draft.',
  },
} as const satisfies RuleCatalogue
