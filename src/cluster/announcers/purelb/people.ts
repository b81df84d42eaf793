import { type ForPeople, leaseLook } from '../for-people.js'

export const PURELB_PEOPLE: ForPeople = {
  title: 'PureLB',
  agent: 'PureLB agent',
  pods: 'lbnodeagent',
  listedAs: 'purelb',
  looks: () => [leaseLook('PureLB', 'purelb-node-')],
  classes: 'PureLB: Services of class purelb.io/purelb',
}
