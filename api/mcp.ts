// The tools of the MCP server call the other routes inside of this function.
import { entry } from '../src/api/entry.ts'
import { callMcp } from '../src/api/routes/mcp/call-mcp.ts'
import { refuseMcpStream } from '../src/api/routes/mcp/refuse-mcp-stream.ts'
import { showMcpResource } from '../src/api/routes/mcp/show-mcp-resource.ts'
import { ROUTES } from '../src/api/routes/routes.ts'

export default entry([callMcp, refuseMcpStream, showMcpResource], [], { reachable: ROUTES })
