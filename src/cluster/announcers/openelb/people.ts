import { sh } from '../../../shell.js'
import type { ForPeople } from '../for-people.js'

export const OPENELB_PEOPLE: ForPeople = {
  title: 'OpenELB',
  agent: 'OpenELB speaker',
  pods: 'openelb',
  listedAs: 'openelb',
  looks: () => [{ text: 'OpenELB: does an Eip hold the address?', run: sh`kubectl get eips -o wide` }],
  classes: 'OpenELB: it serves Services with the annotation lb.kubesphere.io/v1alpha1; take it off',
}
