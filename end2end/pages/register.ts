// An account after the first taste.

import { Screen } from "./screen";

export class Register extends Screen {
  readonly email = this.page.getByLabel("E-mail");
  readonly password = this.page.getByLabel("Password", { exact: true });
  readonly send = this.page.getByRole("button", { name: "Make the account" });
  readonly emailError = this.page.locator("#email-error");
  readonly passwordError = this.page.locator("#password-error");
  /** What comes along from the first taste. */
  readonly kept = this.page.getByRole("region", { name: "Kept from your first taste" });

  async fill(email: string, password: string): Promise<void> {
    await this.email.fill(email);
    await this.password.fill(password);
    await this.press(this.send);
  }
}

/** An address that nobody has yet. */
export function freshEmail(name = "student"): string {
  return `${name}-${Date.now()}-${Math.floor(Math.random() * 1e6)}@example.org`;
}

/** Long enough, and with nothing of a real one. */
export const PASSWORD = "marrow lantern seven";
