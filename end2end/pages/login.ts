// The way in for somebody with an account.

import { Screen } from "./screen";

export class Login extends Screen {
  readonly email = this.page.getByLabel("E-mail");
  readonly password = this.page.getByLabel("Password", { exact: true });
  readonly send = this.page.getByRole("main").getByRole("button", { name: "Log in" });
  readonly passwordError = this.page.locator("#password-error");
  readonly goesOn = this.page.getByText("Log in and you go on where you were.");

  async fill(email: string, password: string): Promise<void> {
    await this.email.fill(email);
    await this.password.fill(password);
    await this.press(this.send);
  }
}
