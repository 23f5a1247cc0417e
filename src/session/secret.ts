export { type SecretHandle, secretHandle } from '../base/secret';
