"""Documents given to a person: contracts and letters, in PDF and in Word."""
