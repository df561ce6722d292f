import { entry } from '../../src/api/entry.ts'
import { receiveDeliveries } from '../../src/api/routes/receive-deliveries.ts'

export default entry([receiveDeliveries])
